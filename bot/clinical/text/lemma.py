"""A word's base form, computed the same way for the lexicon and for the text."""

from __future__ import annotations

from functools import lru_cache

#: Forms that no suffix rule reaches, by base form.
_IRREGULAR_FORMS = {
    "be": "is are am was were been being 's 'm 're",
    "have": "has had having 've",
    "do": "does did done doing",
    "go": "goes went gone going",
    "get": "gets got gotten getting",
    "feel": "felt",
    "foot": "feet",
    "tooth": "teeth",
    "throw": "threw thrown",
    "keep": "kept",
    "give": "gave given giving gives",
    "bleed": "bled",
    "lose": "lost losing loses",
    "begin": "began begun beginning",
    "come": "came coming comes",
    "take": "took taken taking takes",
    "shake": "shook shaken shaky",
    "swell": "swollen",
    "hold": "held",
    "break": "broke broken",
    "wake": "woke woken",
    "tell": "told",
    "think": "thought",
    "say": "said",
    "see": "saw seen",
    "pee": "peed peeing pees",
    "poop": "pooped pooping poo poos",
    "die": "died dies",
    "dying": "dyin",
    "spit": "spat",
    "sleep": "slept",
    "burn": "burnt",
    "worsen": "worsened worsening worsens",
    "child": "children",
    "knife": "knives",
    "hive": "hives",
    "lie": "lies lied",
    "run": "ran running",
    "can": "ca",
    "will": "wo",
    "freeze": "froze frozen freezing",
    "paralyze": "paralysed paralyzed paralysis paralyse paralised",
    "drool": "drooling",
    "eat": "ate eaten",
    "drink": "drank drunk",
    "stand": "stood",
    "wet": "wetted wetting",
    "shit": "shat shitting",
    "hurt": "hurtin",
    "stick": "stuck",
    "choke": "choking",
    "vision": "visions",
    "try": "tried tries trying",
    "bring": "brought",
    "grow": "grew grown",
    "blow": "blew blown",
    "bend": "bent",
    "creep": "crept",
    "weep": "wept",
    "sting": "stung",
    "catch": "caught",
    # A needle site is no sitting, a note no denial, and nothing cute a wound.
    "sit": "sits sat sitting",
    "site": "sites",
    "cut": "cuts cutting",
    "cute": "cuter cutest",
    "not": "",
    "note": "notes noted noting",
}
_IRREGULAR = {form: base for base, forms in _IRREGULAR_FORMS.items() for form in (base, *forms.split())}
#: Words that only look inflected.
_UNCHANGED = frozenset(
    "this his its us yes is as was has does gas pus bus plus always thus less unless address across pass "
    "miss loss illness numbness weakness stiffness redness soreness dizziness tightness drowsiness heaviness "
    "dampness sleepiness clumsiness faintness news lens else nothing something anything everything thing things "
    "none bring string spring king ring during morning evening ceiling red bed need feed bleed speed shed led fed "
    "hundred seed indeed instead dead ahead need weed rapid perhaps maybe yesterday series process "
    "pelvis penis testis sepsis crisis basis analysis diagnosis discitis dress mess stress press guess "
    "discharge interesting during according missing wings sting swing sing wing cling sling ping "
    "better worse sides besides".split()
)


@lru_cache(maxsize=20_000)
def lemma(word: str) -> str:
    """The base form of a lower-case word, or a stem that all its inflections share ("aching", "ache" → "ach")."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or word in _UNCHANGED or not word.isascii():
        return word
    stem = word
    if stem.endswith("'s"):
        stem = stem[:-2]
    if stem.endswith("ies") and len(stem) > 4:
        stem = stem[:-3] + "y"
    elif stem.endswith(("ches", "shes", "sses", "xes")):
        stem = stem[:-2]
    elif stem.endswith("s") and not stem.endswith(("ss", "us", "is")):
        stem = stem[:-1]
    if stem in _IRREGULAR:
        return _IRREGULAR[stem]
    for suffix in ("ing", "in'", "ied", "ed"):
        if stem.endswith(suffix) and len(stem) - len(suffix) >= 3 and stem not in _UNCHANGED:
            stem = stem[: -len(suffix)] + ("y" if suffix == "ied" else "")
            if stem[-1] == stem[-2] and stem[-1] in "bdgmnprt":
                stem = stem[:-1]
            break
    if stem.endswith("e") and len(stem) > 3 and not stem.endswith(("ee", "oe")) and stem not in _UNCHANGED:
        stem = stem[:-1]
    return _IRREGULAR.get(stem) or _IRREGULAR.get(stem + "e", stem)
