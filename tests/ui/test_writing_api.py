"""What is said, for scripts: facts from feeds and pages, a script written, checked, and the model that writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from editai.models import Profile
from tests.ui.conftest import Running

LAMP: dict[str, Any] = {
    "title": "Aurora desk lamp",
    "price": "$49.99",
    "points": ["Three light colours", "Charges a phone"],
}


@pytest.fixture
def client(running: Running, new_store: Callable[[], Profile]) -> Client:
    return running.client(new_store().id)


def last(client: Client, endpoint: str, **named: Any) -> dict[str, Any]:
    told: dict[str, Any] = list(client.submit(**named, api_name=endpoint))[-1]
    return told


def title_of(client: Client, endpoint: str, *arguments: Any, **named: Any) -> str:
    with pytest.raises(AppError) as caught:
        client.predict(*arguments, **named, api_name=endpoint)
    return str(caught.value.title)


def test_a_script_is_written_from_facts_and_claims_nothing_else(client: Client) -> None:
    written = last(client, "/write_script", **LAMP, seconds=15)
    assert "Aurora desk lamp" in written["script"]
    assert [sentence["displayed"] for sentence in written["sentences"]]
    assert (written["claims"], written["cost_usd"]) == ([], "0.00")
    assert 5 < written["seconds"] <= 15


def test_another_seed_gives_other_words(client: Client) -> None:
    assert len({last(client, "/write_script", **LAMP, seed=seed)["script"] for seed in range(4)}) > 1


def test_it_is_written_in_the_voices_language(client: Client) -> None:
    written = last(client, "/write_script", title="Lámpara Aurora", voice="kokoro:ef_dora")
    assert written["language"] == "es"


def test_without_facts_there_is_nothing_to_write(client: Client) -> None:
    assert title_of(client, "/write_script") == "422 nothing_to_say"


def test_what_the_facts_do_not_hold_is_named_with_its_rule_and_its_sentence(client: Client) -> None:
    text = "Meet the Aurora desk lamp. It is the best lamp of all. Only $39.99 today."
    claims = client.predict(text, **LAMP, api_name="/check_script")["claims"]
    assert {(claim["rule"], claim["sentence"]) for claim in claims} >= {("absolute", 1), ("unsupported", 2)}


def test_a_store_without_a_language_model_is_told_so(client: Client) -> None:
    assert title_of(client, "/write_script", **LAMP, writer="model") == "409 language_model_missing"


def test_a_language_model_is_kept_without_telling_its_key(client: Client) -> None:
    kept = client.predict("http://127.0.0.1:9/v1", "tiny", "a-key-that-is-secret", api_name="/connect_language_model")
    assert kept == {"url": "http://127.0.0.1:9/v1", "model": "tiny", "sees": False, "usd_in": 0.0, "usd_out": 0.0}
    assert "secret" not in str(client.predict(api_name="/profile"))
    assert "language_model" not in client.predict(confirm=True, api_name="/forget_language_model")


def test_the_key_stays_where_only_the_model_is_changed(running: Running, new_store: Callable[[], Profile]) -> None:
    store = new_store()
    client = running.client(store.id)
    for model, key in (("tiny", "a-key-that-is-secret"), ("large", "")):
        client.predict("http://127.0.0.1:9", model, key, api_name="/connect_language_model")
    kept = running.shelf.secrets.language_model(store.id)
    assert kept is not None
    assert (kept.model, kept.key) == ("large", "a-key-that-is-secret")


def test_a_key_never_goes_to_another_address(running: Running, new_store: Callable[[], Profile]) -> None:
    store = new_store()
    client = running.client(store.id)
    for url, key in (("http://127.0.0.1:9", "a-key-that-is-secret"), ("http://127.0.0.1:10", "")):
        client.predict(url, "tiny", key, api_name="/connect_language_model")
    kept = running.shelf.secrets.language_model(store.id)
    assert kept is not None
    assert kept.key == ""


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://localhost/", "http://10.0.0.1/", "file:///etc/hosts"])
def test_a_page_inside_the_house_is_not_read(client: Client, url: str) -> None:
    assert title_of(client, "/read_page", url) in {"422 page_address_private", "422 page_address_invalid"}


def test_a_feed_gives_facts_for_each_product_and_names_the_rows_that_are_broken(client: Client, tmp_path: Path) -> None:
    feed = tmp_path / "products.tsv"
    feed.write_text(
        "id\ttitle\tdescription\tlink\tprice\n"
        "1\tAurora lamp\tFolds flat. Charges a phone.\thttps://example.com/1\t49.99 USD\n"
        "2\t\tNo name.\thttps://example.com/2\t9.99 USD\n",
        "utf-8",
    )
    read = client.predict(handle_file(str(feed)), api_name="/read_feed")
    [row] = read["rows"]
    assert (read["kind"], row["facts"]["title"], row["facts"]["price"]) == ("google", "Aurora lamp", "$49.99")
    assert "line 3" in " ".join(read["problems"]).lower()


def test_a_file_that_is_no_feed_is_422(client: Client, tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n")
    assert title_of(client, "/read_feed", handle_file(str(tmp_path / "notes.csv"))) == "422 feed_unknown"
