"""How many bits a KiB has."""

BITS_PER_KIB = 8 * 1024
