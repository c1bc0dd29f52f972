/* What the header that bindgen reads for RocksDB includes: the compiler's own headers, which come with libclang or not. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

size_t rows(const uint8_t *page, bool whole);
