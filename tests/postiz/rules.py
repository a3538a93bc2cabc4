"""The rules of POST /posts, in the order and the three error shapes of the real server."""

from __future__ import annotations

import copy
import json
import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]

from tests.postiz.state import Account

KNOWN: dict[str, Any] = json.loads((Path(__file__).parent / "integration-settings.json").read_text())
"""For 16 providers what GET /integration-settings answers, without its prose."""
KNOWN["youtube"]["settings"]["properties"]["tags"].pop("$ref")  # points nowhere
NO_SETTINGS = "No additional settings required"
CHANNEL_NEEDED = {"type": "object", "properties": {"channel": {"type": "string", "minLength": 1}}}
USABLE = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".mp4")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?")
STRANGE_DATE = re.compile(r"\d{8}T\d{6}Z|\d{4}-W\d{2}(-\d)?")
REPLIES = ["everyone", "following", "mentionedUsers", "subscribers", "verified"]


class Refused(Exception):
    """A request that is refused: the status and the JSON of the answer."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(status, body)
        self.status, self.body = status, body


def fields(messages: list[str]) -> Refused:
    """Shape 1: a list of messages, each beginning with its field."""
    return Refused(400, {"message": messages, "error": "Bad Request", "statusCode": 400})


def sentence(message: str) -> Refused:
    """Shape 2: one message."""
    return Refused(400, {"message": message, "error": "Bad Request", "statusCode": 400})


def broken() -> Refused:
    return Refused(500, {"statusCode": 500, "message": "Internal server error"})


def settings_of(provider: str) -> Any:
    """The JSON schema of a provider's settings, or the text that it needs none."""
    if provider == "slack":
        return CHANNEL_NEEDED | {"required": ["channel"]}
    return KNOWN.get(provider, {}).get("settings", NO_SETTINGS)


def schema_of(channel: Account) -> Any:
    """The same of a channel, whose server may describe its platform otherwise."""
    return channel.describes.get("settings", settings_of(channel.provider))


def max_length(provider: str) -> int:
    return int(KNOWN.get(provider, {}).get("maxLength", 400_000))


def longest(channel: Account) -> int:
    """The same of a channel, whose server may say otherwise."""
    return int(channel.describes.get("maxLength", max_length(channel.provider)))


def moment(text: object) -> datetime:
    """A date as the server reads it: without an offset it is UTC. Refused: 400, or 500 for two kinds that slip by."""
    if isinstance(text, str) and STRANGE_DATE.fullmatch(text):
        raise broken()
    try:
        if not isinstance(text, str) or not ISO_DATE.fullmatch(text):
            raise ValueError(text)
        read = datetime.fromisoformat(text)
    except ValueError:
        raise fields(["date must be a valid ISO 8601 date string"]) from None
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def channels_of(body: dict[str, Any], known: dict[str, Account]) -> list[Account]:
    """The channel of every entry; disabled and deleted ones pass. Refused in shape 2."""
    entries = body.get("posts")
    if not isinstance(entries, list):
        raise broken()
    ids: list[str] = [(entry.get("integration") or {}).get("id", "") for entry in entries if isinstance(entry, dict)]
    if not all(ids):
        raise sentence("All posts must have an integration id")
    for channel_id in ids:
        if channel_id not in known:
            raise sentence(f"Integration with id {channel_id} not found")
    return [known[channel_id] for channel_id in ids]


def check_fields(body: dict[str, Any], channels: list[Account], domain: str = "") -> None:
    """What the fields must be. Booleans are coerced as the real server does it: "false" becomes true. Shape 1."""
    wrong = []
    if isinstance(body.get("shortLink"), str):
        body["shortLink"] = bool(body["shortLink"])
    if not isinstance(body.get("shortLink"), bool):
        wrong.append("shortLink must be a boolean value")
    moment(body.get("date"))
    if not isinstance(body.get("tags"), list):
        wrong.append("tags must be an array")
    elif not all(isinstance(tag, dict) for tag in body["tags"]):
        wrong.append("each value in nested property tags must be either object or array")
    if not body["posts"]:
        wrong.append("posts must contain at least 1 elements")
    for i, (entry, channel) in enumerate(zip(body["posts"], channels, strict=True)):
        wrong += [f"posts.{i}.{text}" for text in value_errors(entry.get("value"), domain)]
        if entry.get("type") != "draft":
            entry["settings"] = coerced(entry.get("settings"), schema_of(channel))
            wrong += [f"posts.{i}.settings.{text}" for text in settings_errors(channel, entry["settings"])]
    if wrong:
        raise fields(wrong)


def value_errors(value: object, domain: str) -> list[str]:
    if not isinstance(value, list) or not value:
        return ["value must contain at least 1 elements"]
    wrong = []
    for i, part in enumerate(value):
        if not isinstance(part.get("content"), str):
            wrong.append(f"value.{i}.content must be a string")
        if not isinstance(part.get("image"), list):
            wrong.append(f"value.{i}.image must be an array")
            continue
        for j, image in enumerate(part["image"]):
            where = f"value.{i}.image.{j}"
            if not isinstance(image.get("id"), str):
                wrong.append(f"{where}.id must be a string")
            path = image.get("path")
            if not isinstance(path, str) or not path.partition("?")[0].endswith(USABLE):
                wrong.append(f"{where}.path must have a valid file extension (.png, .jpg, .jpeg, .gif, .webp, .mp4)")
            elif domain and domain not in path:
                wrong.append(
                    f"{where}.URL must contain the domain: {domain} Make sure you first use the upload API route."
                )
    return wrong


def coerced(settings: object, schema: Any) -> dict[str, Any]:
    """Settings as the server reads them."""
    if not isinstance(settings, dict):
        return {}
    known = schema["properties"] if isinstance(schema, dict) else {}
    booleans = {name for name, rule in known.items() if rule.get("type") == "boolean"}
    return {
        name: bool(value) if name in booleans and isinstance(value, str) else value for name, value in settings.items()
    }


def settings_errors(channel: Account, settings: dict[str, Any]) -> list[str]:
    """What is wrong with a channel's settings, each beginning with its field's name."""
    provider, schema, wrong = channel.provider, schema_of(channel), []
    if isinstance(schema, dict):
        for error in jsonschema.Draft7Validator(schema).iter_errors(copy.deepcopy(settings)):
            wrong += told(error, schema)
    if provider == "x" and settings.get("post_type", "post") == "post" and not settings.get("who_can_reply_post"):
        wrong.append(f"who_can_reply_post must be one of the following values: {', '.join(REPLIES)}")
    for name in ("url", "link"):
        if settings.get(name) and not re.match(r"https?://", str(settings[name])):
            wrong.append(f"{name} must be a URL address")
    tags = settings.get("tags") if provider == "youtube" else None
    if isinstance(tags, list) and sum(len(tag["label"]) + 2 * (" " in tag["label"]) for tag in tags) > 500:
        wrong.append("tags must be 500 characters or less in total")
    return list(dict.fromkeys(wrong))


def told(error: Any, schema: dict[str, Any]) -> list[str]:
    """One violation of a schema in the words of the real server's validator."""
    path = ".".join(str(part) for part in error.absolute_path)
    rule, value = error.validator, error.validator_value
    if rule == "required":
        at = error.schema.get("properties", {})
        missing = [name for name in value if name not in error.instance]
        dotted = f"{path}." if path else ""
        return [f"{dotted}{name} {wanted(at.get(name, {}))}" for name in missing]
    words = {
        "enum": f"must be one of the following values: {', '.join(map(str, value))}" if rule == "enum" else "",
        "maxLength": f"must be shorter than or equal to {value} characters",
        "minLength": f"must be longer than or equal to {value} characters",
        "minItems": f"must contain at least {value} elements",
        "type": f"must be a {value}{' value' if value == 'boolean' else ''}",
    }
    return [f"{path} {words.get(rule, 'is not valid')}"]


def wanted(rule: dict[str, Any]) -> str:
    if "enum" in rule:
        return f"must be one of the following values: {', '.join(rule['enum'])}"
    return "must be a boolean value" if rule.get("type") == "boolean" else "should not be null or undefined"


def check_post(entry: dict[str, Any], channel: Account, draft: bool) -> None:
    """Length and media of one channel's post. Refused in shape 3."""
    first = entry["value"][0]
    text, images = stripped(first["content"]), first["image"]
    message = ""
    if not text.strip() and not images:
        message = "Your post should have at least one character or one image."
    elif not draft:
        length, limit = counted(text, channel.provider), longest(channel)
        message = f"The maximum characters is {limit}, we got {length}" if length > limit else ""
        message = message or media_error(channel.provider, images, entry.get("settings") or {})
    if message:
        body = {"statusCode": 400, "provider": channel.provider, "name": channel.name, "message": message}
        raise Refused(400, body)


def stripped(content: str) -> str:
    """Content as its length is counted: without tags, a line break between paragraphs."""
    if "<" not in content:
        return content
    text = content.removeprefix("<p>").replace("<p>", "\n")
    text = re.sub(r"</?[a-zA-Z][^<>]*>", "", text)
    return text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")


def counted(text: str, provider: str) -> int:
    """UTF-16 units; for X the larger of that and X's own weights."""
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return max(units, weighted(text)) if provider == "x" else units


def weighted(text: str) -> int:
    """X's count: a link is 23, most of the world's alphabets 1, everything else 2."""
    text = unicodedata.normalize("NFC", text)
    links = len(re.findall(r"https?://\S+", text))
    rest = re.sub(r"https?://\S+", "", text)
    light = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247), (0x20E3, 0x20E3), (0xFE0F, 0xFE0F))
    return 23 * links + sum(1 if any(a <= ord(letter) <= b for a, b in light) else 2 for letter in rest)


def media_error(provider: str, images: list[dict[str, Any]], settings: dict[str, Any]) -> str:
    """What a provider has against the media of a post, or nothing."""
    videos = [image for image in images if "mp4" in image["path"]]
    count, alone = len(images), len(images) == len(videos) == 1
    if provider in {"tiktok", "tiktok-business"}:
        if not images:
            return "No video / images selected"
        if videos and not alone:
            return "Only pictures are supported when selecting multiple items"
    if provider in {"instagram", "instagram-standalone"}:
        if not images:
            return "Should have at least one media"
        if provider == "instagram" and count > 10:
            return "Instagram only supports up to 10 media per post"
        if (settings.get("is_trial_reel") or settings.get("audio")) and not alone:
            return "Trial reels and audio need exactly one video"
        if settings.get("audio") and settings.get("post_type") == "story":
            return "Audio is not supported for stories"
    if provider == "youtube" and count != 1:
        return "You need one media"
    if provider == "youtube" and not videos:
        return "Item must be a video"
    if provider == "facebook" and settings.get("post_type") == "story" and not images:
        return "Stories need at least one media"
    if provider in {"linkedin", "linkedin-page"} and videos and not alone:
        return "LinkedIn supports only one video per post"
    if provider == "pinterest":
        if not images:
            return "You need at least one image"
        if videos and not (count == 2 and "mp4" in images[0]["path"]):
            return "If posting a video you have to also include a cover image as second media"
        if count > 5:
            return "You can only add up to 5 images"
    if provider == "bluesky":
        if videos and not alone:
            return "You can only upload one video to Bluesky per post"
        if count > 4:
            return "You can only upload 4 images to Bluesky per post"
    if provider == "reddit" and videos and not videos[0].get("thumbnail"):
        return "Reddit needs a thumbnail for a video"
    return ""
