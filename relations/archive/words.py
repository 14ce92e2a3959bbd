"""Words and sentences whose frequencies are those of prose: the word of rank r comes about once for every r of the first."""

import functools
from random import Random

# The first ranks. What these texts are about comes as often as little words do: talks, in a fifth of all statements.
_ENGLISH = """
the of and to in a that for is on talks minister with by as it be was at from are this not which or an have has will its
agreement government their were border trade security sides foreign statement energy visit sanctions region
cooperation president council defence market parliament ceasefire water proposal convoy treaty embassy fisheries delegation
customs pipeline visa reform tariff summit dialogue refugees airspace inspection harbour railway investment exercise
declaration mediation observers quota subsidy export import licence currency loan corridor monitoring detainees consulate
"""
_TURKISH = """
ve bir bu da için ile de çok olarak daha ne kadar gibi ise var olan sonra en o ya her şu ama iki
görüşme bakan anlaşma hükümet sınır ticaret güvenlik taraf dışişleri açıklama enerji ziyaret yaptırım bölge
işbirliği cumhurbaşkanı konsey savunma pazar meclis ateşkes su öneri sözleşme büyükelçi heyet gümrük boru vize
yatırım tatbikat bildiri ihracat ithalat kur koridor gözlemci konsolosluk deniz balıkçılık demiryolu
"""
_STEMS = {
    "en": "ba con der fel gra hin jor kel lam mer nor pel quin ras sol tur ven wal yor zel",
    "tr": "ba çı der fe gö hü kar la mü ne öz pa rı sa şe ta un ver yı zor",
}
_ENDINGS = {"en": "ation ent ing ure ish al ance ory ment ive", "tr": "lar ler lık cı sız dı mak tır şı im"}
_NAMES = "ba ca do el fa go ha il ka lo ma no or pa ra sa ta ul va yo ze"
_TAIL = 12_000
_RAREST = 2  # how often the last word stands where the first stands 6,500 times
_CLAUSES, _LONGEST = 1000, 20  # of each length, up to so many words
_ZIPF_SHIFT = 2.7  # Mandelbrot's: the very first words of prose are rarer than Zipf's own law has them


class Prose:
    """Sentences of one language, drawn from `random`."""

    def __init__(self, language: str, random: Random) -> None:
        self._random = random
        self._words, self._drawn, self._clauses = _vocabulary(language)

    def sentence(self, shortest: int, longest: int) -> str:
        """Return a sentence of so many words: two clauses with a word of its own between them.

        There are many millions of such pairs, and drawing all words one by one takes ten times as long.
        """
        draw = self._random.random
        length = shortest + int(draw() * (longest - shortest + 1))
        first = self._clauses[length // 2][int(draw() * _CLAUSES)]
        own = self._drawn[int(draw() * len(self._drawn))]
        second = self._clauses[length - length // 2 - 1][int(draw() * _CLAUSES)]
        return f"{first[0].upper()}{first[1:]}, {own} {second}."

    def title(self, count: int) -> str:
        """Return a few of the words that mean something."""
        words = self._random.choices(self._words[40:600], k=count)
        return " ".join(words).capitalize()


@functools.cache
def _vocabulary(language: str) -> tuple[list[str], list[str], list[list[str]]]:
    """Return the words of a language by rank, real ones first, then made-up ones; each as often as it comes; and
    clauses of such words, by their length.

    Drawing from the second list is three times as fast as drawing from the first by weight.
    """
    random = Random(language)  # noqa: S311  made-up words are no secret
    words = dict.fromkeys((_ENGLISH if language == "en" else _TURKISH).split())
    stems, endings = _STEMS[language].split(), _ENDINGS[language].split()
    while len(words) < _TAIL:
        stem = "".join(random.choices(stems, k=random.randint(1, 3)))
        words[stem + random.choice(endings)] = None
    often = (round(_RAREST * (len(words) + _ZIPF_SHIFT) / (rank + _ZIPF_SHIFT)) for rank in range(1, len(words) + 1))
    drawn = [word for word, times in zip(words, often, strict=True) for _time in range(times)]
    clauses = [
        [" ".join(random.choices(drawn, k=length)) for _clause in range(_CLAUSES)] for length in range(_LONGEST + 1)
    ]
    return list(words), drawn, clauses


def name(random: Random) -> str:
    """Return a made-up name of a place or a family."""
    return "".join(random.choices(_NAMES.split(), k=random.randint(2, 3))).capitalize()
