"""The log's signed statement of its size and root: a C2SP tlog-checkpoint in a C2SP signed-note.

Sources: https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ratedparts.errors import RatedPartsError
from ratedparts.proofs.data_integrity import Signer, signature_holds

_ED25519 = b"\x01"  # signed-note, signature types
_SIGNATURE_LINE = re.compile("— ([^ ]+) ([^ ]+)")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_MAX_SIGNATURES = 100
_MAX_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: the log's name, its number of leaves, and the root over them (32 bytes)."""

    origin: str
    size: int
    root_hash: bytes
    extensions: tuple[str, ...] = ()

    def to_text(self) -> str:
        """Return the note text that is signed, ending in a newline."""
        encoded = base64.b64encode(self.root_hash).decode()
        return "".join(f"{line}\n" for line in (self.origin, self.size, encoded, *self.extensions))


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: the signer's name, the first four bytes that point to the key, the signature."""

    name: str
    key_hash: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text, ending in a newline, and who signed it; nothing in it counts before a signature is checked."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def to_text(self) -> str:
        """Return the note as it is published."""
        lines = [
            f"— {line.name} {base64.b64encode(line.key_hash + line.signature).decode()}\n"
            for line in self.signatures
        ]
        return f"{self.text}\n{''.join(lines)}"


def key_hash(name: str, public_key: bytes) -> bytes:
    """Return the four bytes by which a note points to an Ed25519 key (signed-note, key ID)."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def sign_note(text: str, private_key: Signer, *, name: str, public_key: bytes) -> SignedNote:
    """Sign ``text``, which ends in a newline, under the key name ``name``.

    Raises
    ------
    RatedPartsError
        ``note_malformed`` (problem): the name has a space or a plus sign, or the text is no note text.
    """
    _refuse_text(text)
    if not _is_key_name(name):
        raise RatedPartsError("note_malformed", problem="key_name")
    signature = private_key.sign(text.encode())
    return SignedNote(text, (NoteSignature(name, key_hash(name, public_key), signature),))


def sign_checkpoint(checkpoint: Checkpoint, private_key: Signer, *, public_key: bytes) -> str:
    """Return the checkpoint as a signed note; by convention the key's name is the log's origin."""
    parse_checkpoint(checkpoint.to_text())
    return sign_note(
        checkpoint.to_text(), private_key, name=checkpoint.origin, public_key=public_key
    ).to_text()


def parse_note(content: bytes | str) -> SignedNote:
    """Take a signed note apart without checking a signature.

    Raises
    ------
    RatedPartsError
        ``note_malformed`` (problem): ``encoding``, ``too_large``, ``control_character``, ``no_text``,
        ``no_signature``, ``signature_line``, ``too_many_signatures``.
    """
    try:
        raw = content.encode() if isinstance(content, str) else content
        note = raw.decode("utf-8")
    except UnicodeError:
        raise RatedPartsError("note_malformed", problem="encoding") from None
    if len(raw) > _MAX_BYTES:
        raise RatedPartsError("note_malformed", problem="too_large")
    text, separator, lines = note.rpartition("\n\n")
    if not separator:
        raise RatedPartsError("note_malformed", problem="no_signature")
    _refuse_text(text + "\n")
    if not lines.endswith("\n"):
        raise RatedPartsError("note_malformed", problem="signature_line")
    signed = lines[:-1].split("\n")
    if len(signed) > _MAX_SIGNATURES:
        raise RatedPartsError("note_malformed", problem="too_many_signatures")
    return SignedNote(text + "\n", tuple(_signature(line) for line in signed))


def signature_of(note: SignedNote, names_and_keys: Iterable[tuple[str, bytes]]) -> tuple[bool, bytes | None]:
    """Look for the signature of a known key in a note.

    Parameters
    ----------
    names_and_keys
        The known keys: key name and raw public key.

    Returns
    -------
    tuple
        (True, public key) where a known key signed it; (False, public key) where a line claims to be of a
        known key and is not; (False, None) where no line is of a known key.
    """
    claimed: tuple[bool, bytes | None] = (False, None)
    for name, public_key in names_and_keys:
        pointer = key_hash(name, public_key)
        for line in note.signatures:
            if line.name == name and line.key_hash == pointer:
                if not signature_holds(public_key, line.signature, note.text.encode()):
                    return (False, public_key)
                claimed = (True, public_key)
    return claimed


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint.

    Raises
    ------
    RatedPartsError
        ``checkpoint_malformed`` (line): the line, from 1, that is not what tlog-checkpoint asks for.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() != "":
        raise RatedPartsError("checkpoint_malformed", line=len(lines))
    for number, line in enumerate(lines, start=1):
        if not line or any(character < " " for character in line):
            raise RatedPartsError("checkpoint_malformed", line=number)
    if not _SIZE.fullmatch(lines[1]):
        raise RatedPartsError("checkpoint_malformed", line=2)
    root_hash = _strict_base64(lines[2])
    if root_hash is None or len(root_hash) != 32:
        raise RatedPartsError("checkpoint_malformed", line=3)
    return Checkpoint(lines[0], int(lines[1]), root_hash, tuple(lines[3:]))


def _signature(line: str) -> NoteSignature:
    match = _SIGNATURE_LINE.fullmatch(line)
    decoded = _strict_base64(match[2]) if match else None
    if match is None or not _is_key_name(match[1]) or decoded is None or len(decoded) < 5:
        raise RatedPartsError("note_malformed", problem="signature_line")
    return NoteSignature(match[1], decoded[:4], decoded[4:])


def _refuse_text(text: str) -> None:
    if not text.endswith("\n") or text == "\n":
        raise RatedPartsError("note_malformed", problem="no_text")
    if any(character < " " and character != "\n" for character in text):
        raise RatedPartsError("note_malformed", problem="control_character")


def _is_key_name(name: str) -> bool:
    return name != "" and not any(
        character.isspace() or character < " " or character == "+" for character in name
    )


def _strict_base64(text: str) -> bytes | None:
    """Decode standard base64; None for any spelling but the one that encoding gives."""
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if base64.b64encode(decoded).decode() == text else None
