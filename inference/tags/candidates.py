"""Free tags: phrases that recur in captions, offered to curators, who make a tag of them or leave them out."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from catalog.models import Frame, SourceName, Term, User
from catalog.terms import Vocabulary, plain
from catalog.thesaurus import edits
from catalog.thesaurus.states import BadTerm
from catalog.vocabulary import matcher
from catalog.vocabulary.phrases import Candidate, Said, candidates
from inference.models import Caption
from inference.tags.tagging import site_tags

SOURCE = "captions"  # of names that were left out
READ = 20_000  # of the latest captions; the page has to come within a second or two
KEPT_SECONDS = 600
LONGEST_NAME = 60


class BadTag(Exception):
    """A tag cannot be added; the message is a sentence for the curator."""


@dataclass(frozen=True)
class Offered:
    """A phrase with some of the frames that it is said of."""

    phrase: str
    films: int
    frames: int
    examples: list[Frame]


def offered() -> list[Offered]:
    """The phrases that most films share, without those that were left out."""
    found = _found()
    vocabulary = Vocabulary(Term.Kind.TAG)
    kept = [one for one in found if not vocabulary.is_ignored(one.phrase) and vocabulary.find(one.phrase) is None]
    frames = Frame.objects.select_related("clip__film").in_bulk([pk for one in kept for pk in one.examples])
    return [
        Offered(one.phrase, len(one.films), one.frames, [frames[pk] for pk in one.examples if pk in frames])
        for one in kept
    ]


def _found() -> list[Candidate]:
    """Read again when there are other captions or other tags, otherwise remembered for a while."""
    tags = site_tags()
    last = Caption.objects.aggregate(last=Max("pk"))["last"]
    key = f"tag-candidates:{last}:{len(tags)}"
    found: list[Candidate] | None = cache.get(key)
    if found is None:
        texts = Caption.objects.exclude(text="").order_by("-pk").values_list("tagging__film", "frame", "text")[:READ]
        found = candidates((Said(*row) for row in texts.iterator()), matcher(tags))
        cache.set(key, found, KEPT_SECONDS)
    return found


def add(phrase: str, name_en: str, name_ko: str, *, user: User) -> Term:
    """Make a tag of a phrase, which becomes one of its names. Raises BadTag."""
    phrase, name_en, name_ko = (" ".join(text.split()) for text in (phrase, name_en, name_ko))
    if not (name_en and name_ko):
        raise BadTag(_("A tag needs an English and a Korean name."))
    if max(map(len, (phrase, name_en, name_ko))) > LONGEST_NAME:
        raise BadTag(_("A name has at most %(n)s characters.") % {"n": LONGEST_NAME})
    slug = slugify(name_en)[:LONGEST_NAME]
    vocabulary = Vocabulary(Term.Kind.TAG)
    there = [name for name in (name_en, name_ko, phrase, slug) if vocabulary.find(name) is not None]
    if there or not slug or not plain(name_ko):
        sentence = _("“%(name)s” is a tag already.") if there else _("“%(name)s” cannot be the name of a tag.")
        raise BadTag(sentence % {"name": there[0] if there else name_en})
    aliases = [] if plain(phrase) in ("", plain(name_en), plain(name_ko)) else [phrase]
    if Term.objects.filter(kind=Term.Kind.TAG, slug=slug).exists():
        raise BadTag(_("“%(name)s” is a tag already, perhaps a retired one.") % {"name": name_en})
    try:
        return edits.add(Term.Kind.TAG, user=user, name_en=name_en, name_ko=name_ko, aliases=aliases)
    except BadTerm as error:  # somebody else was faster
        raise BadTag(str(error)) from None


def leave_out(phrase: str) -> None:
    """Never offer it again; like a name from an import that means nothing here."""
    SourceName.objects.update_or_create(
        kind=Term.Kind.TAG,
        name=phrase.strip()[:120],
        defaults={"ignored": True},
        create_defaults={"ignored": True, "source": SOURCE},
    )
