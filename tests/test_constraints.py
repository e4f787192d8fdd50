"""What the database keeps out by itself: every constraint of our tables refuses a row that breaks it alone.

A row of each table is copied: with new keys that is allowed, and with one more change it is refused, by the constraint
that is meant. Triggers: tests/catalog/test_labelling.py and test_label_references.py.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from catalog import labelling
from catalog.models import (
    ApiToken,
    ChangeSet,
    Claim,
    Clip,
    Decision,
    Film,
    FilmTerm,
    Frame,
    Job,
    JobFailure,
    Label,
    Pick,
    Poster,
    Posting,
    Remark,
    Review,
    SavedSearch,
    SecondAnswer,
    SecondReview,
    SourceName,
    Term,
    TermChange,
    TermExample,
    TitleWord,
    Touched,
    Upload,
    User,
    Visit,
)
from inference.models import (
    Caption,
    FilmText,
    FilmVector,
    Lexeme,
    Links,
    Prediction,
    Preview,
    Receipt,
    Relevance,
    Suspect,
    Tagging,
    TextSpace,
    UnreadFilm,
)
from tests.factories import make_clip, make_film, make_frame, make_term, make_user, make_version
from training.models import Cut, Embedding, ModelVersion, Promotion, Run

pytestmark = pytest.mark.django_db
Model = type[models.Model]
NEW = 10**9  # an id that no row has
OURS = [model for name in ("catalog", "training", "inference") for model in apps.get_app_config(name).get_models()]

# What a copy needs of its own beside an id. A text names a row of the world.
NEW_KEYS: dict[Model, dict[str, Any]] = {
    ApiToken: {"name": "desktop", "digest": "d" * 64},
    ChangeSet: {"undoes_id": "second change"},
    Claim: {"film_id": "second film"},
    Clip: {"sha256": "another"},
    Film: {"key": "another", "imdb_id": "tt0000002"},
    FilmTerm: {"film_id": "second film"},
    Frame: {"seconds": 2.5},
    Upload: {"id": "00000000-0000-4000-8000-000000000001"},
    Caption: {"frame_id": "second frame"},
    Tagging: {"tagger": "another"},
    Label: {"film_id": "second film"},
    Pick: {"film_id": "second film"},
    Poster: {"film_id": "second film"},
    Posting: {"block": 1},
    Review: {"film_id": "second film"},
    SavedSearch: {"name": "quiet films", "token": "00000000-0000-4000-8000-000000000002"},
    SecondAnswer: {"term_id": "second term"},
    SecondReview: {"film_id": "second film"},
    SourceName: {"name": "Krimi"},
    Term: {"slug": "another"},
    TermChange: {"undoes_id": "second term change"},
    TermExample: {"film_id": "second film"},
    TitleWord: {"word": "knights"},
    User: {"username": "another"},
    Prediction: {"film_id": "second film"},
    Preview: {"version_id": "second version"},
    Links: {"version_id": "second version"},
    Receipt: {"version_id": "second version"},
    Relevance: {"film_id": "second film"},
    Suspect: {"film_id": "second film"},
    FilmText: {"film_id": "second film"},
    FilmVector: {"film_id": "second film"},
    Lexeme: {"lexeme": "night"},
    TextSpace: {"encoder": "another"},
    Embedding: {"input_hash": "another"},
    ModelVersion: {"number": 3, "champion": False, "run_id": "second run"},
    Run: {"job_id": "second job"},
}

# Unique: refused where these columns are as they are in the row that is there.
UNIQUE: list[tuple[str, Model, tuple[str, ...]]] = [
    ("catalog_apitoken_digest_key", ApiToken, ("digest",)),
    ("token_name", ApiToken, ("name",)),
    ("catalog_changeset_undoes_id_key", ChangeSet, ("undoes_id",)),
    ("catalog_film_key_key", Film, ("key",)),
    ("catalog_film_imdb_id_key", Film, ("imdb_id",)),
    ("clip_once", Clip, ("sha256",)),
    ("film_term_once", FilmTerm, ("film_id",)),
    ("frame_once", Frame, ("seconds",)),
    ("tagged_once_by_each", Tagging, ("tagger",)),
    ("one_caption_per_frame", Caption, ("frame_id",)),
    ("one_label_per_film_and_term", Label, ("film_id",)),
    ("one_pick_per_order", Pick, ("film_id",)),
    ("catalog_poster_film_id_key", Poster, ("film_id",)),
    ("one_posting_per_block", Posting, ("block",)),
    ("saved_search_name", SavedSearch, ("name",)),
    ("catalog_savedsearch_token_key", SavedSearch, ("token",)),
    ("one_second_answer", SecondAnswer, ("term_id",)),
    ("one_open_second_review", SecondReview, ("film_id",)),
    ("catalog_termchange_undoes_id_key", TermChange, ("undoes_id",)),
    ("one_example_per_film", TermExample, ("film_id",)),
    ("inference_preview_version_id_key", Preview, ("version_id",)),
    ("inference_links_version_id_key", Links, ("version_id",)),
    ("one_receipt_per_version", Receipt, ("version_id",)),
    ("one_suspicion_per_label", Suspect, ("film_id",)),
    ("source_name", SourceName, ("name",)),
    ("term_slug", Term, ("slug",)),
    ("catalog_user_username_key", User, ("username",)),
    ("one_prediction_per_version", Prediction, ("film_id",)),
    ("one_relevance_per_tag", Relevance, ("film_id",)),
    ("inference_textspace_encoder_key", TextSpace, ("encoder",)),
    ("encode_once", Embedding, ("input_hash",)),
    ("one_champion_per_task", ModelVersion, ("champion",)),
    ("training_modelversion_run_id_key", ModelVersion, ("run_id",)),
    ("version_number", ModelVersion, ("number",)),
    ("training_run_job_id_key", Run, ("job_id",)),
]

BY_IMPORT = {"source": "import", "origin": "films.csv", "decided_by_id": None}
SETTLED = {"settled": "no", "settled_by_id": "somebody", "settled_at": "2026-01-01T00:00:00Z"}
CHECKS: list[tuple[str, Model, dict[str, Any]]] = [
    ("a_decision_has_a_person", ChangeSet, {"kind": "decide", "user_id": None}),
    ("a_decision_has_a_person", ChangeSet, {"kind": "undo", "user_id": None}),
    ("a_decision_has_a_person", ChangeSet, {"kind": "bulk", "user_id": None}),
    ("change_set_kind", ChangeSet, {"kind": "guess"}),
    ("film_has_title", Film, {"title": ""}),
    ("film_year", Film, {"year": 1869}),
    ("film_year", Film, {"year": 2101}),
    ("catalog_film_year_check", Film, {"year": -1}),
    ("catalog_film_revision_check", Film, {"revision": -1}),
    ("catalog_clip_size_check", Clip, {"size": -1}),
    ("catalog_clip_width_check", Clip, {"width": -1}),
    ("catalog_clip_height_check", Clip, {"height": -1}),
    ("catalog_clip_strip_count_check", Clip, {"strip_count": -1}),
    ("frame_use", Frame, {"use": "still", "next_sha256": ""}),
    ("a_pair_has_a_next_frame", Frame, {"next_sha256": ""}),
    ("a_pair_has_a_next_frame", Frame, {"use": "tagging"}),
    ("catalog_frame_number_check", Frame, {"number": -1}),
    ("catalog_frame_width_check", Frame, {"width": -1}),
    ("catalog_frame_height_check", Frame, {"height": -1}),
    ("catalog_upload_size_check", Upload, {"size": -1}),
    ("inference_tagging_frames_check", Tagging, {"frames": -1}),
    ("relevance_is_a_share", Relevance, {"value": -0.01}),
    ("relevance_is_a_share", Relevance, {"value": 1.01}),
    ("catalog_job_attempts_check", Job, {"attempts": -1}),
    ("catalog_job_done_check", Job, {"done": -1}),
    ("catalog_job_total_check", Job, {"total": -1}),
    ("label_value", Label, {"value": "maybe"}),
    ("a_person_label_names_its_person", Label, {"decided_by_id": None}),
    ("a_person_label_names_its_person", Label, {"origin": "films.csv"}),
    ("a_person_label_names_its_person", Label, {"source": "robot", "decided_by_id": None}),
    ("a_person_label_names_its_person", Label, {**BY_IMPORT, "decided_by_id": "somebody"}),
    ("only_a_person_locks", Label, {**BY_IMPORT, "locked": True}),
    ("only_a_person_says_unknown", Label, {**BY_IMPORT, "value": "unknown"}),
    ("pick_order", Pick, {"order": "newest"}),
    ("catalog_posting_block_check", Posting, {"block": -1}),
    ("catalog_posting_count_check", Posting, {"count": -1}),
    ("remark_kind", Remark, {"kind": "joke"}),
    ("a_note_says_something", Remark, {"kind": "note", "text": ""}),
    ("resolved_by_and_when", Remark, {"resolved_at": "2026-01-01T00:00:00Z"}),
    ("resolved_by_and_when", Remark, {"resolved_by_id": "somebody"}),
    ("a_second_review_is_by_another", SecondReview, {"second_by_id": "somebody"}),
    ("a_finished_second_review_has_a_person", SecondReview, {"finished_at": "2026-01-01T00:00:00Z"}),
    ("second_answer_first", SecondAnswer, {"first": "maybe"}),
    ("second_answer_second", SecondAnswer, {"second": "maybe"}),
    ("settled_by_and_when", SecondAnswer, {"settled": "yes"}),
    ("settled_by_and_when", SecondAnswer, {**SETTLED, "settled": "maybe"}),
    ("settled_by_and_when", SecondAnswer, {**SETTLED, "settled_by_id": None}),
    ("settled_by_and_when", SecondAnswer, {**SETTLED, "settled_at": None}),
    ("visit_outcome", Visit, {"outcome": "asleep"}),
    ("catalog_visit_decisions_check", Visit, {"decisions": -1}),
    ("inference_receipt_decisions_check", Receipt, {"decisions": -1}),
    ("inference_receipt_moved_check", Receipt, {"moved": -1}),
    ("suspected_value", Suspect, {"value": "may"}),
    ("catalog_poster_height_check", Poster, {"height": -1}),
    ("catalog_poster_size_check", Poster, {"size": -1}),
    ("catalog_poster_width_check", Poster, {"width": -1}),
    ("catalog_review_waiting_check", Review, {"waiting": -1}),
    ("catalog_sourcename_films_check", SourceName, {"films": -1}),
    ("term_kind", Term, {"kind": "mood"}),
    ("inference_lexeme_films_check", Lexeme, {"films": -1}),
    ("inference_textspace_dimension_check", TextSpace, {"dimension": -1}),
    ("inference_textspace_films_check", TextSpace, {"films": -1}),
    ("catalog_titleword_films_check", TitleWord, {"films": -1}),
    ("no_parent_of_itself", Term, {"parent_id": NEW}),
    ("a_merged_term_is_inactive", Term, {"merged_into_id": "second term"}),
    ("term_change_kind", TermChange, {"kind": "lost"}),
    ("user_role", User, {"role": "owner"}),
    ("training_modelversion_number_check", ModelVersion, {"number": -1}),
    ("training_modelversion_revision_check", ModelVersion, {"revision": -1}),
    ("version_task", ModelVersion, {"task": "moods"}),
    ("threshold_is_a_share", Cut, {"after": 1.01}),
    ("threshold_is_a_share", Cut, {"after": -0.01}),
    ("a_threshold_has_a_reason", Cut, {"reason": ""}),
]

# Columns that are filled together with others only.
TOGETHER: dict[tuple[Model, str], dict[str, Any]] = {
    (Remark, "resolved_by_id"): {"resolved_at": "2026-01-01T00:00:00Z"},
    (SecondAnswer, "settled_by_id"): SETTLED,
    (Term, "merged_into_id"): {"active": False},
}

# What a rule that is a little too strict would refuse.
ALLOWED: list[tuple[Model, dict[str, Any]]] = [
    *((model, {}) for model in OURS),
    (ApiToken, {"user_id": "somebody else", "name": "laptop"}),
    *((ChangeSet, {"kind": kind}) for kind in ChangeSet.Kind.values),
    (ChangeSet, {"kind": "import", "user_id": None}),
    *((Film, {"year": year}) for year in (None, 1870, 2100)),
    (FilmTerm, {"film_id": "film", "term_id": "second term"}),
    (Clip, {"film_id": "second film", "sha256": "c"}),
    (Frame, {"use": "tagging", "next_sha256": "", "seconds": 1.5}),
    (Frame, {"clip_id": "second clip", "seconds": 1.5}),
    (Frame, {"number": None, "motion": None}),
    (Tagging, {"film_id": "second film", "tagger": "toy"}),
    (Tagging, {"version_id": None}),
    *((Relevance, {"value": value}) for value in (0.0, 1.0)),
    (Relevance, {"film_id": "film", "term_id": "second term"}),
    (Term, {"kind": "scene", "slug": "test-genre"}),
    (Term, {"parent_id": "second term"}),
    (Term, {"merged_into_id": "second term", "active": False}),
    *((TermChange, {"kind": kind}) for kind in TermChange.Kind.values),
    *((Pick, {"order": order}) for order in Pick.Order.values),
    (Posting, {"key": "decade/1920", "block": 0}),
    (Remark, {"kind": "note", "text": "A trailer, not the film."}),
    (Remark, {"resolved_by_id": "somebody", "resolved_at": "2026-01-01T00:00:00Z"}),
    (SavedSearch, {"user_id": "somebody else", "name": "dark films"}),
    *((SecondAnswer, {"first": value, "second": value}) for value in Label.Value.values),
    (SecondAnswer, SETTLED),
    (SecondReview, {"second_by_id": "somebody else"}),
    (SecondReview, {"film_id": "film", "second_by_id": "somebody else", "finished_at": "2026-01-01T00:00:00Z"}),
    *((Visit, {"outcome": outcome}) for outcome in Visit.Outcome.values),
    *((Suspect, {"value": value}) for value in ("yes", "no")),
    (Suspect, {"film_id": "film", "term_id": "second term"}),
    (Receipt, {"user_id": "somebody else", "version_id": "version"}),
    *((Label, {"value": value, "locked": locked}) for value in Label.Value.values for locked in (False, True)),
    *((Label, {**BY_IMPORT, "value": value}) for value in ("yes", "no")),
    (Label, {"film_id": "film", "term_id": "second term"}),
    (SourceName, {"kind": "tag", "name": "Giallo"}),
    (Term, {"kind": "tag", "slug": "test-genre"}),
    *((User, {"role": role}) for role in User.Role.values),
    (Prediction, {"film_id": "film", "version_id": "second version"}),
    (Embedding, {"encoder": "another", "input_hash": "a"}),
    *((Cut, {"after": value}) for value in (0.0, 1.0)),
    (ModelVersion, {"task": "tags", "number": 1, "champion": True}),
]


class World:
    """A row of each table, and second ones of what copies refer to."""

    def __init__(self) -> None:
        somebody = make_user("somebody", role=User.Role.CURATOR)
        film, second, term = make_film(key="film", imdb_id="tt0000001"), make_film(), make_term("test-genre")
        change = labelling.accept(film, term, user=somebody, revision=1)
        undone = labelling.undo(change, user=somebody).change_set
        again = labelling.accept(film, term, user=somebody, revision=3)
        jobs = [Job.objects.create(task="training.retrain", created_by=somebody, total=1) for _ in range(2)]
        runs = [Run.objects.create(task="genres", job=jobs[0], started_by=somebody), Run.objects.create(task="genres")]
        version = make_version(term, run=runs[0])
        other_version = make_version(term, champion=False)
        clip, second_clip = (make_clip(film, sha256=name, added_by=somebody) for name in "cd")
        frames = [make_frame(clip, seconds, next_sha256="f") for seconds in (1.5, 3.5)]
        tagging = Tagging.objects.create(film=film, tagger="toy", version=version, frames=2)
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO catalog_posting (key, block, films, count, weights)
                VALUES ('test/1', 0, repeat('0', 8192)::varbit, 0, '')"""
            )
        review = SecondReview.objects.create(film=film, first_by=somebody)
        term_changes = [TermChange.objects.create(term=term, user=somebody, kind="edit") for _ in range(2)]
        self.user = somebody
        self.rows: dict[Model, models.Model] = {
            ApiToken: ApiToken.issue(somebody, "laptop")[0],
            ChangeSet: undone,
            Caption: Caption.objects.create(tagging=tagging, frame=frames[0]),
            Claim: Claim.objects.create(film=film, user=somebody, until=timezone.now()),
            Clip: clip,
            Decision: Decision.objects.latest("pk"),
            Film: film,
            FilmTerm: FilmTerm.objects.get(film=film),
            Frame: frames[0],
            Job: jobs[0],
            JobFailure: JobFailure.objects.create(job=jobs[0], item="row 1", reason="No title."),
            Label: Label.objects.get(),
            Pick: Pick.objects.create(film=film, order=Pick.Order.RARE, term=term, worth=1),
            Poster: Poster.objects.create(film=film, sha256="a", source_sha256="b", width=2, height=3, size=1),
            Posting: Posting.objects.get(key="test/1"),
            Preview: Preview.objects.create(version=version, against=other_version),
            Links: Links.objects.create(version=version, weights=[0.0], helps=True),
            Receipt: Receipt.objects.create(user=somebody, version=version, decisions=2, moved=5),
            Relevance: Relevance.objects.create(film=film, term=term, value=0.5),
            Remark: Remark.objects.create(film=film, term=term, user=somebody, kind=Remark.Kind.FLAG),
            SavedSearch: SavedSearch.objects.create(user=somebody, name="dark films", query="tag=dark"),
            SecondAnswer: SecondAnswer.objects.create(review=review, term=term, first="yes", second="no"),
            SecondReview: review,
            Suspect: Suspect.objects.create(film=film, term=term, value="yes", score=0.1, quality=0.1),
            FilmText: FilmText.objects.create(film=film, words="count"),
            FilmVector: FilmVector.objects.create(film=film, vector=[1.0, 2.0]),
            Lexeme: Lexeme.objects.create(lexeme="count", films=1),
            TextSpace: TextSpace.objects.create(encoder="minilm", dimension=2),
            UnreadFilm: UnreadFilm.objects.create(film_id=film.pk),
            TermChange: TermChange.objects.create(term=term, user=somebody, kind="undo", undoes=term_changes[0]),
            TermExample: TermExample.objects.create(term=term, film=film, good=True),
            TitleWord: TitleWord.objects.create(word="knight", films=3),
            Touched: Touched.objects.create(film_id=film.pk),
            Visit: Visit.objects.create(film=film, user=somebody, order="doubt", outcome=Visit.Outcome.DONE),
            Review: Review.objects.create(film=film, waiting=1, doubt=0.5),
            SourceName: SourceName.objects.create(kind="genre", name="Giallo", source="test", term=term),
            Tagging: tagging,
            Term: term,
            Upload: Upload.objects.create(film=film, user=somebody, name="a.mp4", size=9),
            User: somebody,
            Prediction: Prediction.objects.create(film=film, version=version, scores=[1.0], input_hash="a", inputs=[]),
            Embedding: Embedding.objects.create(encoder="minilm", input_hash="a", vector=[1.0, 2.0]),
            ModelVersion: version,
            Promotion: Promotion.objects.create(version=version, replaced=other_version, by=somebody),
            Run: runs[0],
            Cut: Cut.objects.create(
                version=version, term=term.slug, before=0.5, after=0.4, reason="too few", by=somebody
            ),
        }
        self.named = {
            "film": film, "second film": second, "second term": make_term("comedy"), "second change": again,
            "second run": runs[1], "second job": jobs[1], "version": version, "second version": other_version,
            "second term change": term_changes[1], "somebody": somebody,
            "somebody else": make_user(), "second clip": second_clip, "second frame": frames[1],
        }  # fmt: skip

    def insert(self, model: Model, *, same: tuple[str, ...] = (), **changes: Any) -> None:
        """A copy of the model's row with new keys, except in the columns that stay the same, and with the changes."""
        row = self.rows[model]
        fresh = {"id": NEW, **NEW_KEYS.get(model, {})}
        values = {column: value for column, value in fresh.items() if column not in same} | changes
        given = {column: self._value(value) for column, value in values.items()}
        columns = [field.column for field in model._meta.concrete_fields if not field.generated]
        listed, taken = ", ".join(f'"{c}"' for c in columns), ", ".join(f'new."{c}"' for c in columns)
        with labelling.change_set(ChangeSet.Kind.DECIDE, self.user), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({listed}) SELECT {taken} FROM {model._meta.db_table} AS old, "
                f"jsonb_populate_record(old, %s) AS new WHERE old.{model._meta.pk.column} = %s",
                [json.dumps(given), row.pk],
            )

    def _value(self, value: Any) -> Any:
        return self.named[value].pk if value in self.named else value

    def refused(self, model: Model, **changes: Any) -> Any:
        """What the database says of such a row: psycopg's diagnostics."""
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            self.insert(model, **changes)
        return error.value.__cause__.diag  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made once: whatever is written is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


def named(case: tuple[Any, ...]) -> str:
    return f"{case[0]} {case[-1]}" if isinstance(case[0], str) else f"{case[0].__name__} {case[1]}"


def columns(**conditions: Any) -> list[tuple[Model, str]]:
    """Columns of our tables, with their models, whose fields are so."""
    return [
        (model, str(field.column))
        for model in OURS
        for field in model._meta.concrete_fields
        if all(getattr(field, name, None) == value for name, value in conditions.items())
    ]


def test_every_constraint_is_tried() -> None:
    tried = {case[0] for case in (*UNIQUE, *CHECKS)} | {"label_source"}
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT conname FROM pg_constraint WHERE contype IN ('c', 'u', 'x') AND conrelid::regclass::text = ANY(%s)
            UNION SELECT relname FROM pg_index JOIN pg_class ON oid = indexrelid
            WHERE indisunique AND NOT indisprimary AND indrelid::regclass::text = ANY(%s)""",
            [[model._meta.db_table for model in OURS]] * 2,
        )
        assert {name for [name] in cursor.fetchall()} == tried


@pytest.mark.parametrize("case", ALLOWED, ids=named)
def test_what_is_in_order_is_allowed(case: tuple[Model, dict[str, Any]], world: World) -> None:
    model, changes = case
    world.insert(model, **changes)


@pytest.mark.parametrize("case", UNIQUE, ids=named)
def test_what_there_is_one_of_cannot_be_there_twice(case: tuple[str, Model, tuple[str, ...]], world: World) -> None:
    name, model, same = case
    assert world.refused(model, same=same).constraint_name == name


@pytest.mark.parametrize("case", CHECKS, ids=named)
def test_rows_that_make_no_sense_are_refused(case: tuple[str, Model, dict[str, Any]], world: World) -> None:
    name, model, changes = case
    assert world.refused(model, **changes).constraint_name == name


def test_the_source_of_a_label_is_one_that_we_know(world: World) -> None:
    """Asked without the rule that would refuse the row first."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE catalog_label DROP CONSTRAINT a_person_label_names_its_person")
    for source in Label.Source.values:
        with transaction.atomic():
            world.insert(Label, source=source)
            transaction.set_rollback(True)
    assert world.refused(Label, source="robot").constraint_name == "label_source"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_no_two_rows_have_one_id(model: Model, world: World) -> None:
    pk = model._meta.pk.column
    assert world.refused(model, same=(pk,)).constraint_name == f"{model._meta.db_table}_pkey"


@pytest.mark.parametrize(("model", "column"), columns(null=False, generated=False, primary_key=False))
def test_what_must_be_there_cannot_be_null(model: Model, column: str, world: World) -> None:
    refusal = world.refused(model, **{column: None})
    assert (refusal.sqlstate, refusal.column_name) == ("23502", column)


@pytest.mark.parametrize(("model", "column"), columns(is_relation=True, db_constraint=True))
def test_a_row_refers_to_one_that_is_there(model: Model, column: str, world: World) -> None:
    refusal = world.refused(model, **{**TOGETHER.get((model, column), {}), column: NEW - 1})
    assert refusal.sqlstate == "23503"
    assert refusal.constraint_name.startswith(f"{model._meta.db_table}_{column}_")
