"""How SSH writes values into bytes (RFC 4251, section 5): texts with their length, numbers, and nothing left over."""


class NotSsh(ValueError):
    """The bytes are not what they should be; the message says what is wrong with them."""


class Wire:
    """Reads values from bytes, one after the other. Every reader raises NotSsh where there is nothing whole to read."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        """The next `count` bytes as they are."""
        found = self._data[self._at : self._at + count]
        if len(found) != count:
            raise NotSsh("it is cut short")
        self._at += count
        return found

    def number(self) -> int:
        """A number of 32 bits."""
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        """Bytes that are preceded by their length."""
        return self.take(self.number())

    def word(self) -> str:
        """A name in ASCII."""
        try:
            return self.string().decode("ascii")
        except UnicodeDecodeError:
            raise NotSsh("a name in it is not ASCII") from None

    def integer(self) -> int:
        """A whole number above zero of any size, in the one form in which it may be written."""
        raw = self.string()
        value = int.from_bytes(raw, "big")
        if not value or raw[0] & 0x80 or (raw[0] == 0 and not raw[1] & 0x80):
            raise NotSsh("a number in it is not written as it should be")
        return value

    def end(self) -> None:
        """Nothing may follow."""
        if self._at != len(self._data):
            raise NotSsh("something follows that does not belong there")


def as_string(data: bytes) -> bytes:
    """Bytes with their length before them, as `Wire.string` reads them."""
    return len(data).to_bytes(4, "big") + data
