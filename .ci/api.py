"""`docs/api.md`: every endpoint as its code declares it.

python .ci/api.py           writes it anew
python .ci/api.py --check   ends with 1 where it is not what the code says
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import gradio as gr
from docstring_parser import DocstringStyle, parse

from editai.ui.api import ROOMS

PAGE = Path(__file__).parents[1] / "docs" / "api.md"

HEAD = """# The API

<!-- made by `python .ci/api.py` from the code; CI compares them -->

Every function of the page, by name. With the app running, in Python:

```python
from gradio_client import Client

client = Client("http://127.0.0.1:7860")
print(client.predict(api_name="/profiles"))
```

Over HTTP it is `POST /gradio_api/call/v2/NAME` with the parameters as a JSON object, then
`GET /gradio_api/call/v2/NAME/EVENT_ID` for what comes of it; agents find the same functions as tools at
`/gradio_api/mcp/`.

- **Which store**: the `profile` argument (id or name), else the header `X-Profile-Id`, else the default store. What
  belongs to another store is answered as if it were not there.
- **Errors** begin with a status and a name that stay the same: `422 nothing_to_say`. The rest is a sentence for a
  person.
- **Files** come in by upload (`handle_file("lamp.mp4")`), never as a path of the machine.
- An endpoint that **streams** sends messages while it works; ending the call does not end the work.
"""

NAMES: dict[Any, str] = {str: "text", int: "whole number", float: "number", bool: "yes or no", gr.FileData: "file",
                         NoneType: "nothing", Any: "any"}  # fmt: skip


def reference() -> str:
    """The whole of `docs/api.md`."""
    lines = [HEAD]
    for kind, names in ROOMS:
        what = _plain((inspect.getdoc(inspect.getmodule(kind)) or "").partition("\n\n")[0])
        lines += [f"## {kind.__name__}", "", what, ""]
        for name in names:
            lines += _endpoint(name, getattr(kind, name))
    return "\n".join(lines).rstrip() + "\n"


def _endpoint(name: str, function: Any) -> list[str]:
    told = parse(inspect.getdoc(function) or "", DocstringStyle.GOOGLE)
    if not told.short_description:
        raise ValueError(f"/{name} says nothing of itself")
    hints = get_type_hints(function)
    result, streams = hints.pop("return"), ""
    if get_origin(result) in (AsyncIterator, Iterator):
        (result,), streams = get_args(result), "Streams. "
    lines = [f"### `/{name}`", "", _plain(told.short_description), ""]
    if told.long_description:
        lines += [told.long_description.replace("\n", " ").replace("  ", "\n\n"), ""]
    said = {each.arg_name: _plain(each.description or "") for each in told.params}
    parameters = [each for each in inspect.signature(function).parameters.values() if each.name in hints.keys() & said]
    silent = hints.keys() - said - {"request"}
    if silent:
        raise ValueError(f"/{name} says nothing of {', '.join(sorted(silent))}")
    if parameters:
        lines += ["| parameter | type | without it | what it is |", "|---|---|---|---|"]
        lines += [_parameter(each, hints[each.name], said[each.name]) for each in parameters] + [""]
    returns = _plain(told.returns.description or "") if told.returns else ""
    lines += [f"{streams}Gives {_type(result)}{': ' + returns if returns else '.'}", ""]
    return lines


def _parameter(parameter: inspect.Parameter, hint: Any, said: str) -> str:
    return f"| `{parameter.name}` | {_type(hint)} | {_default(parameter.default)} | {said.replace('|', '&#124;')} |"


def _default(value: Any) -> str:
    if value is inspect.Parameter.empty:
        return "needed"
    if value in (None, ""):
        return ""
    return ("no", "yes")[value] if isinstance(value, bool) else f"`{value}`"


def _type(hint: Any) -> str:
    if get_origin(hint) in (UnionType, Union):
        return " or ".join(_type(each) for each in get_args(hint) if each is not NoneType)
    if get_origin(hint) is Literal:
        return ", ".join(f"`{each}`" for each in get_args(hint))
    if get_origin(hint) is list:
        return f"list of {_type(get_args(hint)[0])}"
    if hint is dict or get_origin(hint) is dict:
        return "object"
    return NAMES[hint]


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def main() -> int:
    """Write or compare; 1 where the page is not what the code says."""
    made = reference()
    if "--check" not in sys.argv[1:]:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(made, "utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text("utf-8") == made:
        return 0
    sys.stderr.write(f"{PAGE} is not what the code says: run `python .ci/api.py` and commit it.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
