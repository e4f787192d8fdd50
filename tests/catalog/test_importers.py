"""Each source format: what is read from a small file of its kind, and what is said of a bad one."""

import gzip
import json
from pathlib import Path

import pytest

from catalog.importers import IMPORTERS, merge, rows
from catalog.importers.rows import BadRow, BadSource, FilmRow, Unreadable
from catalog.models import Term
from catalog.terms import DEFAULT_TERMS

FILMS = """imdb_id,title,year,language,genres,genres_source,plot,mpst_tags,mpst_split,mmimdb_split,movielens_id,tmdb_id
tt0013442,Nosferatu,1922,de,Horror|Fantasy,imdb_lm,"A count, a ship\nand rats.",gothic|bleak,train,dev,1348,653
tt0000001,,,,Drama|TV Movie,tmdb,,,,,,
tt0000002,"'=1+1",1930,,Comedy,elsewhere,,,,,,
"""


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def read(format: str, path: Path) -> list[FilmRow | Unreadable]:
    source = IMPORTERS[format](path)
    found = list(source.rows)
    assert source.total == len(found)
    return found


def films(format: str, path: Path) -> list[FilmRow]:
    found = read(format, path)
    assert all(isinstance(row, FilmRow) for row in found), found
    return [row for row in found if isinstance(row, FilmRow)]


def bad(format: str, path: Path) -> str:
    with pytest.raises(BadSource) as caught:
        list(IMPORTERS[format](path).rows)
    return str(caught.value)


# The formats


def test_csv(tmp_path: Path) -> None:
    nosferatu, untitled, formula = films("csv", write(tmp_path / "films.csv", FILMS))
    assert (nosferatu.key, nosferatu.title, nosferatu.year, nosferatu.language) == (
        "tt0013442",
        "Nosferatu",
        1922,
        "de",
    )
    assert nosferatu.plot == "A count, a ship\nand rats."
    assert nosferatu.genres == ("Horror", "Fantasy")
    assert nosferatu.external == {"movielens": "1348", "tmdb": "653", "split:mpst": "train", "split:mmimdb": "dev"}
    assert (nosferatu.tags, nosferatu.tags_covered) == (("gothic", "bleak"), rows.MPST_TAGS)
    assert (untitled.title, untitled.year, untitled.external, untitled.tags_covered) == ("", None, {}, frozenset())
    assert formula.title == "=1+1"


def test_csv_knows_which_sources_list_all_genres(tmp_path: Path) -> None:
    imdb, tmdb, elsewhere = films("csv", write(tmp_path / "films.csv", FILMS))
    assert imdb.genres_covered == rows.IMDB_GENRES
    assert "biography" in imdb.genres_covered and "biography" not in tmdb.genres_covered
    assert tmdb.genres_covered == rows.TMDB_GENRES
    assert elsewhere.genres_covered == frozenset()


def test_a_film_without_genres_says_nothing_of_them(tmp_path: Path) -> None:
    text = "imdb_id,title,genres,genres_source\ntt1,A,,imdb_lm\n"
    assert films("csv", write(tmp_path / "films.csv", text))[0].genres_covered == frozenset()


def test_gzipped_and_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "films.csv.gz"
    path.write_bytes(gzip.compress("imdb_id,title\ntt1,Amélie\n".encode("utf-8-sig")))
    assert films("csv", path)[0].title == "Amélie"


def test_poster_table(tmp_path: Path) -> None:
    text = "Id,Genre,Action,Drama,Horror,N/A\ntt0086425,\"['Drama']\",0,1,0,0\ntt0086426,\"['N/A']\",0,0,0,1\n"
    drama, nothing = films("poster-table", write(tmp_path / "train.csv", text))
    assert (drama.key, drama.genres) == ("tt0086425", ("Drama",))
    assert drama.genres_covered == {"Action", "Drama", "Horror"}
    assert (nothing.genres, nothing.genres_covered) == ((), frozenset())


def test_moviegenre_in_latin_1(tmp_path: Path) -> None:
    text = (
        "imdbId,Imdb Link,Title,IMDB Score,Genre,Poster\n"
        "114709,http://www.imdb.com/title/tt114709,Toy Story (1995),8.3,Animation|Adventure|Comedy,https://example.org/a.jpg\n"
        "211915,http://www.imdb.com/title/tt211915,Le fabuleux destin d'Amélie Poulain (2001),8.4,Comedy|Romance,\n"
    )
    toy, amelie = films("moviegenre", write(tmp_path / "MovieGenre.csv", text, "latin-1"))
    assert (toy.imdb_id, toy.title, toy.year) == ("tt0114709", "Toy Story", 1995)
    assert toy.genres == ("Animation", "Adventure", "Comedy")
    assert toy.genres_covered == rows.IMDB_GENRES
    assert amelie.title == "Le fabuleux destin d'Amélie Poulain"


def test_moviegenre_slim(tmp_path: Path) -> None:
    text = "imdb_id,title,year,genres\ntt0000008,Kinetoscopic Record,1894,Documentary|Short\ntt0000005,,,Short\n"
    first, second = films("moviegenre", write(tmp_path / "slim.csv", text))
    assert (first.title, first.year, first.genres) == ("Kinetoscopic Record", 1894, ("Documentary", "Short"))
    assert (second.title, second.year) == ("", None)


def test_mpst_full_and_slim(tmp_path: Path) -> None:
    full = 'imdb_id,title,plot_synopsis,tags,split,synopsis_source\ntt1,A,Long story.,"cult, horror",val,imdb\n'
    (film,) = films("mpst", write(tmp_path / "mpst.csv", full))
    assert (film.plot, film.plot_source, film.tags) == ("Long story.", "mpst imdb", ("cult", "horror"))
    assert (film.external, film.tags_covered) == ({"split:mpst": "val"}, rows.MPST_TAGS)
    slim = "imdb_id,title,tags,split\ntt1,A,cult|horror,val\n"
    assert films("mpst", write(tmp_path / "slim.csv", slim))[0].tags == ("cult", "horror")


def movielens(folder: Path) -> Path:
    write(
        folder / "movies.csv",
        'movieId,title,genres\n1,Toy Story (1995),Animation|Children\n2,"Heat, The",(no genres listed)\n',
    )
    write(folder / "links.csv", "movieId,imdbId,tmdbId\n1,0114709,862\n2,,\n")
    return folder


def test_movielens(tmp_path: Path) -> None:
    toy, heat = films("movielens", movielens(tmp_path))
    assert (toy.key, toy.title, toy.year) == ("tt0114709", "Toy Story", 1995)
    assert toy.external == {"movielens": "1", "tmdb": "862"}
    assert (toy.genres, toy.genres_covered) == (("Animation", "Children"), rows.MOVIELENS_GENRES)
    assert (heat.key, heat.imdb_id, heat.genres, heat.genres_covered) == ("movielens-2", "", (), frozenset())


def test_a_free_tag_counts_when_two_people_gave_it(tmp_path: Path) -> None:
    text = "userId,movieId,tag,timestamp\n1,1,Funny,0\n1,1,funny,1\n2,1,cute,2\n3,1,Cute,3\n"
    write(movielens(tmp_path) / "tags.csv", text)
    assert films("movielens", tmp_path)[0].tags == ("cute",)


def test_the_tag_genome_says_yes_no_and_nothing(tmp_path: Path) -> None:
    write(movielens(tmp_path) / "genome-tags.csv", "tagId,tag\n1,cute\n2,bleak\n3,cult\n4,dark\n")
    path = tmp_path / "genome-scores.csv.gz"
    path.write_bytes(gzip.compress(b"movieId,tagId,relevance\n1,1,0.95\n1,2,0.05\n1,3,0.5\n1,9,1\n1,4,much\n"))
    toy, heat = films("movielens", tmp_path)
    assert (toy.tags, toy.tags_covered) == (("cute",), frozenset({"bleak"}))
    assert (heat.tags, heat.tags_covered) == ((), frozenset())


def test_extracts_of_movielens_tags(tmp_path: Path) -> None:
    genome = write(tmp_path / "genome.csv", "imdb_id,tag,relevance\ntt1,cute,0.9\ntt1,bleak,0.02\ntt2,cult,0.5\n")
    first, second = films("movielens", genome)
    assert (first.tags, first.tags_covered, second.tags) == (("cute",), frozenset({"bleak"}), ())
    users = write(tmp_path / "tags.csv", "imdb_id,tag,n_users\ntt1,Cute,2\ntt1,cult,1\n")
    assert films("movielens", users)[0].tags == ("cute",)


def mmimdb(folder: Path, **said: object) -> Path:
    (folder / "dataset").mkdir()
    film = {"title": "Nosferatu", "year": 1922, "genres": ["Horror", "N/A"], "plot": ["Short.", "A longer plot."]}
    write(folder / "dataset" / "0013442.json", json.dumps({**film, **said}))
    (folder / "dataset" / "0013442.jpeg").write_bytes(b"picture")
    write(folder / "split.json", json.dumps({"train": ["0013442"], "dev": [], "test": ["0000001"]}))
    return folder


def test_mmimdb(tmp_path: Path) -> None:
    (film,) = films("mmimdb", mmimdb(tmp_path))
    assert (film.key, film.title, film.year, film.plot) == ("tt0013442", "Nosferatu", 1922, "A longer plot.")
    assert (film.genres, film.genres_covered) == (("Horror",), rows.IMDB_GENRES)
    assert film.external == {"split:mmimdb": "train"}
    assert film.poster == tmp_path / "dataset" / "0013442.jpeg"


def test_mmimdb_with_one_bad_film(tmp_path: Path) -> None:
    write(mmimdb(tmp_path) / "dataset" / "0000001.json", "{")
    write(tmp_path / "dataset" / "0000002.json", '["a list"]')
    write(tmp_path / "dataset" / "0000003.json", '{"title": "A", "year": "soon"}')
    write(tmp_path / "dataset" / "notes.json", '{"title": "A"}')
    reasons = [row.reason for row in read("mmimdb", tmp_path) if isinstance(row, Unreadable)]
    assert reasons == [
        "0000001.json is not JSON.",
        "0000002.json does not describe a film.",
        '"soon" is not a year between 1870 and 2100.',
        '"notes" is not an IMDb id.',
    ]


def test_labels_by_film(tmp_path: Path) -> None:
    text = (
        "key,imdb_id,title,kind,term,value,source,origin,locked\n"
        "tt1,tt0000001,A,genre,drama,yes,import,imdb_lm,0\ntt1,tt0000001,A,genre,war,no,person,,1\n"
        "tt1,tt0000001,A,tag,cult,unknown,person,,0\nb,,B,tag,cult,yes,import,mpst,0\nb,,B,tag,cult,maybe,import,,0\n"
    )
    path = write(tmp_path / "labels.csv", text)
    first, second = read("labels", path)
    assert isinstance(first, FilmRow)
    assert (first.genres, first.genres_covered, first.genres_origin) == (("drama",), frozenset({"war"}), "imdb_lm")
    assert (first.tags, first.tags_covered) == ((), frozenset())
    assert second == Unreadable(5, '"tag maybe" is not a label.')


def test_the_vocabularies_are_terms_of_the_site() -> None:
    entries = json.loads(DEFAULT_TERMS.read_text())["terms"]
    assert {entry["slug"] for entry in entries if entry["kind"] == Term.Kind.GENRE} == rows.IMDB_GENRES
    assert rows.TMDB_GENRES < rows.IMDB_GENRES and rows.MOVIELENS_GENRES < rows.IMDB_GENRES
    tags = {entry["slug"] for entry in entries if entry["kind"] == Term.Kind.TAG}
    assert {name.replace(" ", "-") for name in rows.MPST_TAGS} == tags


# Bad rows and bad files


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("tt1,A,19x4", '"19x4" is not a year between 1870 and 2100.'),
        ("tt1,A,1066", '"1066" is not a year between 1870 and 2100.'),
        ("tt1,A,²", '"²" is not a year between 1870 and 2100.'),
        ("nm1,A,1994", '"nm1" is not an IMDb id.'),
        (",A,1994", "The row has no IMDb id."),
        ("tt1,A", "The row has 2 cells where the header has 3."),
        ("tt1,A,1994,x", "The row has 4 cells where the header has 3."),
    ],
)
def test_a_bad_row_is_told_and_the_next_one_read(tmp_path: Path, line: str, reason: str) -> None:
    path = write(tmp_path / "films.csv", f"imdb_id,title,year\n{line}\ntt2,B,1995\n")
    first, second = read("csv", path)
    assert first == Unreadable(2, reason)
    assert isinstance(second, FilmRow) and (second.number, second.title) == (3, "B")


def test_a_bad_flag_in_a_poster_table(tmp_path: Path) -> None:
    path = write(tmp_path / "train.csv", "Id,Genre,Drama\ntt1,[],yes\n")
    assert read("poster-table", path) == [Unreadable(2, '"yes" is neither 0 nor 1.')]


CSV_NEEDS = "films.csv has another header: needed are the columns imdb_id, title or key, title; found: "


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "films.csv is empty."),
        (b"\n\n", "films.csv is empty."),
        (b"name,plot\na,b\n", f"{CSV_NEEDS}name, plot."),
        (b'{"films": []}', f'{CSV_NEEDS}{{"films": []}}.'),
        (b"\xff\xd8\xff\xe0" + bytes(100), "films.csv is not a CSV file: it is not text (it holds NUL bytes)."),
        (b"imdb_id,title\ntt1,A\0B\n", "films.csv is not a CSV file: it is not text (it holds NUL bytes)."),
        ("imdb_id,title\ntt1,é\n".encode("latin-1"), "films.csv is not UTF-8 text: save it as CSV in UTF-8."),
        ("imdb_id\n".encode("utf-16"), "films.csv is not a CSV file: it is not text (it holds NUL bytes)."),
        (
            gzip.compress(b"imdb_id,title\ntt1,A\n" * 99, mtime=0)[:-20],
            "films.csv is a damaged gzip file: it ends too early.",
        ),
    ],
)
def test_a_bad_file_is_told_in_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "films.csv"
    path.write_bytes(content)
    said = bad("csv", path)
    assert said == sentence or ("NUL bytes" in said and content.startswith(b"\xff\xfe"))


def test_a_file_without_line_breaks_is_not_taken_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_bytes(b"a" * (17 * 2**20))
    assert "not a CSV file" in bad("csv", path)


@pytest.mark.parametrize("format", ["csv", "poster-table", "moviegenre", "mpst", "labels"])
def test_a_folder_or_nothing_in_place_of_a_file(tmp_path: Path, format: str) -> None:
    assert bad(format, tmp_path) == f"{tmp_path} is a folder; this format is one file."
    assert bad(format, tmp_path / "no.csv") == f"There is no file {tmp_path / 'no.csv'}."


@pytest.mark.parametrize(("format", "needed"), [("movielens", "movies.csv"), ("mmimdb", "dataset")])
def test_a_folder_that_is_missing_or_another(tmp_path: Path, format: str, needed: str) -> None:
    assert bad(format, tmp_path) == f"{tmp_path} holds no {needed}."
    assert bad(format, tmp_path / "none") == f"There is no {tmp_path / 'none'}."


def test_a_file_in_place_of_a_folder(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "x\n")
    assert bad("mmimdb", path) == f"{path} is a file; this format is a folder."


def test_a_bad_split_and_no_films(tmp_path: Path) -> None:
    (tmp_path / "dataset").mkdir()
    assert "holds no films" in bad("mmimdb", tmp_path)
    write(tmp_path / "dataset" / "0000001.json", "{}")
    write(tmp_path / "split.json", '{"train": 3}')
    assert "is not a split" in bad("mmimdb", tmp_path)


@pytest.mark.parametrize("line", ["[]", "{", '{"key": "a"}', "[" * 100_000])
def test_bad_json_lines(tmp_path: Path, line: str) -> None:
    path = write(tmp_path / "labels.jsonl", f"{line}\n")
    assert bad("labels", path) == "labels.jsonl, line 1, is not a JSON object with key, kind, term, value."


def test_an_empty_file_of_json_lines(tmp_path: Path) -> None:
    assert bad("labels", write(tmp_path / "labels.jsonl", "")) == "labels.jsonl is empty."


# Rows


def test_rows_on_one_film_are_put_together() -> None:
    first = FilmRow(2, "tt1", "tt1", title="A", genres=("Drama",), genres_covered=rows.TMDB_GENRES, external={"a": "1"})
    other = FilmRow(3, "a", "tt1", title="B", year=1950, genres=("War", "Drama"), external={"a": "2", "b": "3"})
    third = FilmRow(4, "tt2", "tt2")
    both, alone = merge.joined([first, other, third])
    assert (both.number, both.title, both.year, both.genres) == (2, "A", 1950, ("Drama", "War"))
    assert (both.external, both.genres_covered) == ({"a": "1", "b": "3"}, rows.TMDB_GENRES)
    assert alone == third


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (FilmRow(1, "tt1", title="x" * 301), "The title has 301 characters; at most 300 fit."),
        (FilmRow(1, "tt1", plot="a\0b"), "The plot holds characters that cannot be stored."),
        (FilmRow(1, "tt1", plot="\ud800"), "The plot holds characters that cannot be stored."),
    ],
)
def test_what_the_database_cannot_hold_is_a_bad_row(row: FilmRow, reason: str) -> None:
    with pytest.raises(BadRow, match=f"^{reason}$"):
        merge.checked(row)


@pytest.mark.parametrize("text", ["114709", "0114709", "tt0114709", "tt114709", " tt0114709 "])
def test_imdb_ids_have_one_form(text: str) -> None:
    assert rows.imdb_id(text) == "tt0114709"


@pytest.mark.parametrize("text", ["", "x/y", "a" * 81, "../a", "a b", "é"])
def test_keys_fit_into_addresses(text: str) -> None:
    with pytest.raises(BadRow):
        rows.key(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Toy Story (1995)", ("Toy Story", 1995)),
        ("Series (2001–2003)", ("Series", 2001)),
        ("(500) Days of Summer (2009)", ("(500) Days of Summer", 2009)),
        ("2012", ("2012", None)),
        ("Old (1066)", ("Old (1066)", None)),
    ],
)
def test_years_behind_titles(text: str, expected: tuple[str, int | None]) -> None:
    assert rows.title_and_year(text) == expected


@pytest.mark.parametrize("text", ["plot", "plot=take", "revision=overwrite", "=merge"])
def test_bad_rules(text: str) -> None:
    with pytest.raises(merge.BadRule, match=r"is no rule: write FIELD=ignore\|overwrite\|merge"):
        merge.parse_rules([text])
