"""The pages in a real browser: charts drawn, nothing asked of the network, no complaint."""

from __future__ import annotations

import base64
import json
import shutil

import pytest

from reports.site import render_site
from tests.reports.small_town import MA22

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium through its own driver; nothing is downloaded."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not program or not driver:
        pytest.skip("нет программ chromium и chromium-driver: страницы в браузере не проверены")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in (
        "headless",
        "no-sandbox",
        "disable-gpu",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        "window-size=1280,1600",
    ):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield chrome
    chrome.quit()


@pytest.fixture
def folder(tmp_path, town_tables, facts):
    """The site of the small town on disk, in a folder with a blank and Cyrillic letters."""
    root = tmp_path / "Сайт ВПР"
    for name, content in render_site(town_tables, facts):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root


def requested(browser) -> list[str]:
    """Addresses that the page asked for since the last look."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]


PAGES = ("index.html", "passport.html", "dictionary.html", "town-1.html", f"test-{MA22}.html")


@pytest.mark.parametrize("name", [*PAGES, "school-s2.html", "school-s1.html"])
def test_a_page_opens_from_disk_in_silence(browser, folder, name):
    requested(browser), browser.get_log("browser")
    browser.get((folder / name).as_uri())
    draw_all(browser)
    addresses = requested(browser)
    assert any(address.endswith(name) for address in addresses)
    assert {address.split(":")[0] for address in addresses} <= {"file", "data", "blob"}
    assert [entry["message"] for entry in browser.get_log("browser")] == []


def draw_all(browser) -> None:
    """Scrolls through the page as a reader does, so that every chart comes near the screen."""
    browser.execute_async_script(
        """
        const done = arguments[0];
        const figures = [...document.querySelectorAll("figure")];
        const step = () => {
          if (!figures.length) return requestAnimationFrame(() => requestAnimationFrame(done));
          figures.shift().scrollIntoView();
          setTimeout(step, 60);
        };
        step();
        """
    )


def test_every_chart_is_drawn_inside_its_frame(browser, folder):
    browser.get((folder / "school-s2.html").as_uri())
    draw_all(browser)
    charts = browser.execute_script(
        """
        return [...document.querySelectorAll("figure")].map((figure) => ({
          marks: figure.querySelectorAll(".cartesianlayer .trace path").length,
          width: figure.querySelector(".main-svg")?.getBoundingClientRect().width ?? 0,
          menu: figure.querySelectorAll(".modebar-btn").length,
        }));
        """
    )
    assert len(charts) >= 5
    assert [(c["marks"] > 0, c["width"]) for c in charts] == [(True, 680)] * len(charts)
    assert all(chart["menu"] == 0 for chart in charts)


def test_hostile_names_run_nothing(browser, folder):
    for name in ("index.html", "town-1.html", "school-s10.html", f"test-{MA22}.html"):
        browser.get((folder / name).as_uri())
        draw_all(browser)  # an open alert would raise here
        assert "alert(1)" in browser.find_element("tag name", "body").text


def test_print_draws_the_charts_and_opens_the_tables(browser, folder):
    browser.get((folder / "town-1.html").as_uri())
    pdf = base64.b64decode(browser.print_page())
    assert pdf.startswith(b"%PDF") and len(pdf) > 50_000
    left = browser.execute_script(
        """
        return [document.querySelectorAll(".canvas:not([data-drawn])").length,
                document.querySelectorAll("details:not([open])").length];
        """
    )
    assert left == [0, 0]


def test_no_table_is_wider_than_the_paper(browser, folder):
    browser.set_window_size(760, 1600)  # A4 between its margins is about 680 pixels
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    wide = []
    for name in ("town-1.html", "school-s2.html", f"test-{MA22}.html"):
        browser.get((folder / name).as_uri())
        wide += browser.execute_script(
            """
            return [...document.querySelectorAll("table")]
              .filter((t) => t.scrollWidth > document.body.clientWidth)
              .map((t) => t.caption.textContent);
            """
        )
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert wide == []


def test_the_keyboard_reaches_the_text_first(browser, folder):
    from selenium.webdriver.common.keys import Keys

    browser.get((folder / "town-1.html").as_uri())
    browser.find_element("tag name", "body").send_keys(Keys.TAB)
    focused = browser.switch_to.active_element
    assert focused.text == "К содержанию страницы"
    assert browser.execute_script("return document.documentElement.lang") == "ru"
    assert len(browser.find_elements("css selector", "main, nav, footer, header")) >= 4
