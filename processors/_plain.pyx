# cython: language_level=3, auto_pickle=False
"""What texts of ASCII letters in lower case are made of, compiled: as `processors.words` and `processors.link` say it.

Every mention is taken apart so, most of them twice; what is no such text is refused.
"""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.unicode cimport PyUnicode_DecodeASCII
from libc.stdint cimport uint32_t, uint8_t

cdef extern from "Python.h":
    const char* PyUnicode_AsUTF8AndSize(object, Py_ssize_t*) except NULL

cdef uint32_t[256] CRC  # CRC-32 as in zlib, a byte at a time


cdef fill_in():
    cdef uint32_t value
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (0xEDB88320 if value & 1 else 0)
        CRC[byte] = value


fill_in()


cdef inline bint is_inside(char letter) noexcept:
    return c"a" <= letter <= c"z" or c"0" <= letter <= c"9"


cdef const char* ascii_of(str plain, Py_ssize_t* size) except NULL:
    data = PyUnicode_AsUTF8AndSize(plain, size)
    if size[0] != len(plain):
        raise ValueError("only texts of ASCII letters are taken apart here")
    return data


def words(str plain not None, frozenset common not None, int longest, int most):
    """The words of two letters or more that are not `common`, cut to `longest`: the first `most`, by their hashes."""
    cdef Py_ssize_t size = 0, at = 0, start, end, each
    cdef uint32_t crc
    data = ascii_of(plain, &size)
    found = {}
    while at < size:
        if not is_inside(data[at]):
            at += 1
            continue
        start = at
        while at < size and is_inside(data[at]):
            at += 1
        end = min(at, start + longest)
        if end - start < 2:
            continue
        word = plain[start:end]
        if word in common:
            continue
        crc = 0xFFFFFFFF
        for each in range(start, end):
            crc = CRC[(crc ^ <uint8_t>data[each]) & 0xFF] ^ (crc >> 8)
        found[crc ^ 0xFFFFFFFF] = word
        if len(found) == most:
            break
    return found


def joined(str plain not None):
    """All words with one space between them, and how many they are."""
    cdef Py_ssize_t size = 0, at, put = 0, count = 0
    cdef bint inside = False
    data = ascii_of(plain, &size)
    cdef char* kept = <char*>PyMem_Malloc(size + 1)
    if kept == NULL:
        raise MemoryError
    try:
        for at in range(size):
            if not is_inside(data[at]):
                inside = False
                continue
            if not inside:
                if count:
                    kept[put] = c" "
                    put += 1
                inside, count = True, count + 1
            kept[put] = data[at]
            put += 1
        return PyUnicode_DecodeASCII(kept, put, NULL), count
    finally:
        PyMem_Free(kept)
