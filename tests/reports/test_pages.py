"""The rendered site of the small town: golden figures, escaping, closed states, links."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from analytics import schema
from reports.site import render_site, spec_json
from tests.reports.small_town import MA22, PLACE, RU22, table

NB = "\u00a0"


@pytest.fixture
def site(town_tables, facts) -> dict[str, bytes]:
    return dict(render_site(town_tables, facts))


def page(site, name) -> str:
    return site[name].decode()


def text_of(html: str) -> str:
    """What a reader sees, tags and scripts out, runs of blanks as one space."""
    body = re.sub(r"<script.*?</script>", " ", html, flags=re.S)
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", body))


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.targets, self.ids = [], []

    def handle_starttag(self, tag, attrs) -> None:
        found = dict(attrs)
        self.targets += [found[k] for k in ("href", "src") if k in found]
        self.ids += [found["id"]] if "id" in found else []


def links(html: str) -> Links:
    parser = Links()
    parser.feed(html)
    return parser


def test_every_page_of_the_town_is_there(site) -> None:
    assert {name for name in site if name.endswith(".html")} == {
        "index.html",
        "passport.html",
        "detectors.html",
        "dictionary.html",
        "town-1.html",
        "town-1.2021.html",
        "school-s2.2021.html",
        "school-s10.2021.html",
        *(f"school-{key}.html" for key in ("s1", "s2", "s5", "s10")),
        *(f"test-{key}.html" for key in (MA22, RU22, "vpr_2021_04_ma")),
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("town-1.html", f"четвероклассник получил «2» по математике: 25,0{NB}% (38{NB}из{NB}152)"),
        ("town-1.html", f"Отметка за ВПР ниже журнальной в 30,2{NB}% работ (88{NB}из{NB}291)"),
        ("town-1.html", f"писали 93,6{NB}% от списка (291{NB}из{NB}311)"),
        ("town-1.html", "Официальный маркер за 2022 год — у 1"),
        ("town-1.html", "272 школы из 634"),
        ("school-s2.html", f"Каждый третий четвероклассник получил «2» по математике: 34,1{NB}%"),
        ("school-s2.html", "средний балл ниже регионального на 1,9 (8,1 против 10,0 из 20)"),
        ("school-s2.html", f"Ниже порога 2{NB}из{NB}2 заданий"),
        ("school-s2.html", f"Доля «2» выросла на 10 п.п. и больше в 1{NB}из{NB}1"),
        ("school-s2.html", f"+24,1{NB}п.п."),
        ("school-s2.html", "группа риска: одна процедура"),
        ("school-s2.html", f"Математика, 4 класс: 34,1{NB}% (28{NB}из{NB}82)"),
        (f"test-{MA22}.html", "«3» с 6, «4» с 10, «5» с 15"),
        (f"test-{MA22}.html", "Надёжность работы достаточная: альфа 0,72"),
        (f"test-{RU22}.html", "нет шкалы"),
        ("passport.html", f"прочитано 480{NB}строк: принято 478, отложено 2"),
        ("index.html", f"3{NB}проверочные работы 2021–2022, 4{NB}школы."),
    ],
)  # fmt: skip
def test_golden_figures(site, name, expected) -> None:
    assert expected in text_of(page(site, name))


def test_the_municipality_is_first_and_schools_go_by_number(site) -> None:
    body = text_of(page(site, f"test-{MA22}.html"))
    marks = body[body.index("отметки по школам") :]
    places = [marks.index(name) for name in (PLACE, "СОШ № 1 ", "СОШ № 2 ", "СОШ № 5 ", "СОШ № 10")]
    assert places == sorted(places)


def test_mark_boundaries_stand_on_the_histogram(site) -> None:
    specs = re.findall(r'class="spec">(.*?)</script>', page(site, f"test-{MA22}.html"), re.S)
    histogram = json.loads(specs[0])
    lines = [s["x0"] for s in histogram["layout"]["shapes"]]
    names = [a["text"] for a in histogram["layout"]["annotations"]]
    assert (lines, names) == ([5.5, 9.5, 14.5], ["«3» с 6", "«4» с 10", "«5» с 15"])
    assert histogram["layout"]["yaxis"]["rangemode"] == "tozero"


def test_a_test_without_a_scale_shows_no_boundary(town_tables, facts) -> None:
    counts = [
        {"test_id": RU22, "group": "municipality", "group_id": PLACE, "score": s, "n": 10}
        | {"origin": "works"}
        for s in range(20, 30)
    ]
    town_tables["score_counts"] = table("score_counts", counts)
    html = page(dict(render_site(town_tables, facts)), f"test-{RU22}.html")
    spec = json.loads(re.findall(r'class="spec">(.*?)</script>', html, re.S)[0])
    assert spec["layout"]["shapes"] == []
    assert "Границы отметок не показаны: нет шкалы" in text_of(html)


def test_small_groups_are_closed_everywhere(site) -> None:
    school = text_of(page(site, "school-s1.html"))
    assert "Участников слишком мало, результаты не показаны: Математика, 4 класс" in school
    assert f"2{NB}из{NB}4" not in "".join(text_of(page(site, n)) for n in site if ".html" in n)
    # School 5 had six works; shown, it would give school 1 away by subtraction.
    assert f"2{NB}из{NB}6" not in text_of(page(site, f"test-{MA22}.html"))


@pytest.mark.parametrize(
    ("n", "shown", "note"),
    [(4, False, ""), (5, True, "информ."), (9, True, "информ."), (10, True, "")],
)
def test_suppression_by_size(town_tables, facts, n, shown, note) -> None:
    marks = town_tables["marks_summary"]
    chosen = (marks["test_id"] == RU22) & (marks["school_id"] == "s5")
    marks.loc[chosen, ["n", "n2", "n3", "n4", "n5"]] = [n, 1, n - 3, 1, 1]
    html = text_of(page(dict(render_site(town_tables, facts)), f"test-{RU22}.html"))
    own = f"1{NB}из{NB}{n}"
    assert (own in html) == shown
    assert (f"{own} · информ." in html) == bool(note)


def test_hostile_names_are_only_text(site) -> None:
    for name, content in site.items():
        if name.endswith(".html"):
            html = content.decode()
            assert "<script>alert" not in html
            assert re.findall(r"<script(?! type=\"application/json\"| src=\"assets/)", html) == []
    assert "&lt;script&gt;alert(1)" in page(site, "index.html")
    assert "Решать задачи &lt;в два действия&gt;" in page(site, "school-s2.html")


def test_charts_never_read_names_as_markup(site) -> None:
    specs = re.findall(r'class="spec">(.*?)</script>', page(site, f"test-{MA22}.html"), re.S)
    assert "\\u0026lt;script\\u0026gt;" in "".join(specs)
    assert not any(c in "".join(specs) for c in "<>&")


def test_spec_json_cannot_end_its_element() -> None:
    assert "</" not in spec_json({"a": "</script><!--"})
    assert json.loads(spec_json({"a": "</script>\u2028&"})) == {"a": "</script>\u2028&"}


@pytest.mark.parametrize("identifier", ["../../etc/passwd", "a/b", "СОШ 1", "a b", "<x>"])
def test_pages_never_leave_their_folder(town_tables, facts, identifier) -> None:
    schools = town_tables["schools"]
    schools.loc[schools["school_id"] == "s1", "school_id"] = identifier
    names = [name for name, _ in render_site(town_tables, facts)]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"(assets/)?[\w.-]+", n, re.ASCII) and ".." not in n for n in names)


def test_no_page_refers_to_the_network_and_every_link_is_alive(site) -> None:
    anchors = {n: set(links(c.decode()).ids) for n, c in site.items() if n.endswith(".html")}
    for name in anchors:
        found = links(page(site, name))
        assert len(found.ids) == len(set(found.ids)), name
        for target in found.targets:
            assert not re.match(r"[a-z]+:|//", target, re.I), (name, target)
            path, _, anchor = target.partition("#")
            assert not path or path in site, (name, target)
            assert not anchor or anchor in anchors[path or name], (name, target)


def test_every_chart_has_a_caption_words_and_a_table(site) -> None:
    charts = 0
    for name, content in site.items():
        html = content.decode() if name.endswith(".html") else ""
        for figure in re.findall(r"<figure.*?</figure>\s*<(?:div|details).*?<table", html, re.S):
            charts += 1
            assert re.search(r"<figcaption>[^<]{20,}", figure)
            assert re.search(r'role="img" aria-label="[^"]{10,}"', figure)
            assert figure.count("<figure") == 1
    total = sum(c.count(b"<figure ") for n, c in site.items() if n.endswith(".html"))
    assert charts == total > 10


def test_every_table_says_where_it_comes_from_and_heads_its_cells(site) -> None:
    for name in ("town-1.html", "school-s2.html", f"test-{MA22}.html"):
        html = page(site, name)
        tables = re.findall(
            r"<table>.*?</table>\s*</div>\s*<p class=\"source\">.*?</p>", html, re.S
        )
        assert len(tables) == html.count("<table>")
        for found in tables:
            assert "passport.html" in found
            assert re.search(r"<caption>.+</caption>", found)
            assert '<th scope="col"' in found and '<th scope="row"' in found


def test_the_specs_are_figures_that_plotly_knows(site) -> None:
    from plotly.graph_objects import Figure

    for name in ("town-1.html", "school-s2.html", f"test-{MA22}.html"):
        for spec in re.findall(r'class="spec">(.*?)</script>', page(site, name), re.S):
            read = json.loads(spec)
            assert read["layout"]["separators"] == ", "
            Figure(read)  # raises on an unknown attribute


@pytest.mark.parametrize("with_schools", [False, True])
def test_empty_tables_give_designed_states(empty_tables, town_tables, facts, with_schools) -> None:
    if with_schools:
        empty_tables["schools"] = town_tables["schools"]
    site = dict(render_site(empty_tables, facts))
    index = text_of(page(site, "index.html"))
    assert "Проверочных работ среди принятых файлов нет" in index
    assert "Ни одного файла не принято" in text_of(page(site, "passport.html"))
    assert ("town-1.html" in site) == with_schools
    if with_schools:
        assert "Положите файлы ВПР в папку raw" in text_of(page(site, "town-1.html"))
        assert "нет ни одной работы этой школы" in text_of(page(site, "school-s1.html"))


def test_a_town_with_marks_only_says_what_is_not_checked(empty_tables, town_tables, facts) -> None:
    for name in ("schools", "tests", "marks_summary"):
        empty_tables[name] = town_tables[name]
    body = text_of(page(dict(render_site(empty_tables, facts)), "town-1.html"))
    for state in (
        "Распределение не построено",
        "Выполнение заданий не проверено",
        "Умения не проверены",
        "Группы участников не сравнивались",
        "Официальные маркеры за 2022 год не проверены",
        "Официальное правило низких результатов за 2022 год не проверено",
        "Сопоставимых лет нет",
    ):
        assert state in body


def test_missing_tables_are_empty_tables(empty_tables, facts) -> None:
    assert dict(render_site({}, facts)) == dict(render_site(empty_tables, facts))


def test_the_same_tables_give_the_same_bytes_in_any_order_of_rows(town_tables, facts) -> None:
    first = dict(render_site(town_tables, facts))
    shuffled = {
        name: schema.conform(frame.sample(frac=1, random_state=7), name)
        if schema.TABLES[name].key
        else frame
        for name, frame in town_tables.items()
    }
    assert dict(render_site(shuffled, facts)) == first


def test_formulas_in_the_list_of_problems_are_defused(site) -> None:
    content = site["problems.csv"].decode("utf-8-sig")
    assert "'=HYPERLINK" in content
    cells = [cell.strip('"') for line in content.splitlines() for cell in line.split(";")]
    assert not any(cell[:1] in ("=", "+", "-", "@") for cell in cells)


def test_the_dictionary_has_every_table_and_column(site) -> None:
    html = page(site, "dictionary.html")
    for name, described in schema.TABLES.items():
        assert f'id="{name}"' in html
        assert all(f'<th scope="row">{column}</th>' in html for column in described.columns)
