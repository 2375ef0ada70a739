"""Every fault that the program can note has words, and the words say what to do."""

import re
from pathlib import Path

from reports.messages import catalogue

ROOT = Path(__file__).parents[2]
NOTED = re.compile(
    r"(?:log\.add\(|table\.fault\(\s*log,|\bcode=(?:_constant\()?|\"code\": )\s*\"([a-z_0-9]+)\""
    r"|_misfit\([^\"]*?, \"([a-z_0-9]+)\""
)


def codes_in_the_code() -> set[str]:
    sources = [*(ROOT / "pipelines").rglob("*.py"), *(ROOT / "expectations").rglob("*.py")]
    texts = [p.read_text(encoding="utf-8") for p in sources if "demo" not in p.parts]
    return {code for text in texts for pair in NOTED.findall(text) for code in pair if code} - {
        "str"
    }


def test_every_code_has_a_message() -> None:
    found = codes_in_the_code()
    assert len(found) > 40
    assert found <= set(catalogue())


def test_messages_are_told_in_russian_with_a_severity_and_advice() -> None:
    for code, entry in catalogue().items():
        assert entry.severity in ("stop", "warn", "note"), code
        assert re.search("[а-я]", entry.message), code
        assert re.search("[а-я]", entry.hint), code
        fields = set(re.findall(r"{(\w+)}", entry.message + entry.hint))
        assert fields <= {"value", "expected", "column"}, code
