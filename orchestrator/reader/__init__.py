"""The reader: a small language model of our own teaching that says messy instructions plainly.

"ugh that lamppost growing out of his head, and it's all so gloomy" becomes "remove the lamppost;
increase the brightness", which the rules then read like anything else. SmolLM2 (135M parameters,
Apache 2.0) comes from a package the user installs; what it was taught here is an adapter beside
this file. It runs on the CPU in about a second, sends nothing anywhere, and chooses nothing: its
words are read by the same rules and judged by the same critic as a stranger's.
"""
