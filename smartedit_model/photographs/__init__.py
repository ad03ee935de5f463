"""Small published networks for photographs that installed packages carry, run by ONNX Runtime.

What stands in a picture (``things``) and what it is a picture of (``subject``). Importing the
package loads nothing.
"""
