"""Which language a text seems to be in, roughly: by its script and its commonest small words.

Only good enough to tell a person that English is what is understood here.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

_SMALL_WORDS = {
    "Spanish": "el la los las de del que y en un una por con para más quita quitar pon haz cambia "
    "foto imagen fondo cielo elimina este esta favor rojo azul agrega borra al hace hazla",
    "French": "le la les des du un une et que dans avec pour plus sur rends mets enlève supprime "
    "ciel fond image s'il te vous plaît fais change rouge bleu cette ce ajoute au fait",
    "German": "der die das den dem ein eine einen und mit mach mache bitte entferne ändere das "
    "hintergrund himmel bild auf im von zu mehr heller dunkler füge rot blau aus dieses auto",
    "Portuguese": "o a os as do da dos das que e em um uma por com para mais tire remova removi "
    "fundo imagem céu favor deixe mude vermelho azul coloque",
    "Italian": "il lo la gli le del della che e in un una per con più rendi togli rimuovi sfondo "
    "cielo immagine favore cambia rosso blu aggiungi metti",
    "Dutch": "de het een en van met op voor meer maak verwijder achtergrond lucht foto graag "
    "verander rood blauw naar deze",
    "Polish": "i w na z do się nie usuń zmień tło niebo zdjęcie proszę na bardziej dodaj",
    "Turkish": "ve bir bu için arka planı sil değiştir gökyüzü lütfen daha fotoğraf yap ekle",
}
"""Language -> words that its requests hardly do without."""
_ENGLISH = frozenset({
    "the", "a", "an", "and", "of", "to", "in", "on", "with", "it", "its", "this", "that", "make",
    "remove", "add", "change", "please", "my", "her", "his", "is", "are", "be", "but", "for",
    "from", "keep", "sky", "more", "less", "turn", "put",
})  # fmt: skip
_SCRIPTS = {
    "CYRILLIC": "Russian or another language in Cyrillic letters",
    "CJK": "Chinese or Japanese",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
    "ARABIC": "Arabic or another language in its script",
    "HEBREW": "Hebrew",
    "DEVANAGARI": "Hindi or another language in its script",
    "GREEK": "Greek",
    "THAI": "Thai",
}


def other_language(words: Sequence[str]) -> str:
    """The language that words outside quotes seem to be in; "" where it may well be English."""
    # "rends-la" is two words here.
    parts = (part for word in words for part in word.lower().split("-"))
    plain = [part for part in parts if any(c.isalpha() for c in part)]
    if not plain:
        return ""
    scripts = Counter(_script(word) for word in plain)
    for name, language in _SCRIPTS.items():
        if scripts[name] * 2 > len(plain):
            return language
    english = sum(word in _ENGLISH for word in plain)
    counts = {
        name: sum(word in small for word in plain)
        for name, small in ((n, frozenset(w.split())) for n, w in _SMALL_WORDS.items())
    }
    best = max(counts, key=lambda name: counts[name])
    enough = counts[best] >= 2 and counts[best] * 2 >= len(plain) - 1
    return best if enough and counts[best] > english + 1 else ""


def _script(word: str) -> str:
    letter = next(c for c in word if c.isalpha())
    return unicodedata.name(letter, "LATIN").split()[0].split("-")[0]
