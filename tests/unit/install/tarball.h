/* Tar archives by hand, for tests: any header, sane or not, in a growing buffer. */
#ifndef CPM_TESTS_TARBALL_H
#define CPM_TESTS_TARBALL_H

#include "base/buf.h"

#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>

#define TAR_BLOCK 512

struct tar_header {
    char type; /* '0' file, '1' hard link, '2' symbolic link, '3' device, '5' folder, '6' FIFO */
    const char *name;
    unsigned mode;
    const char *target;
    struct cpm_str data;
    size_t size; /* when it lies: not 0 */
};

static inline void tar_pad(struct cpm_buf *tar)
{
    static const char zeros[TAR_BLOCK];

    cpm_buf_add(tar, zeros, (TAR_BLOCK - tar->len % TAR_BLOCK) % TAR_BLOCK);
}

static inline void tar_add(struct cpm_buf *tar, const struct tar_header *h)
{
    unsigned char block[TAR_BLOCK] = {0};
    unsigned sum = 0;

    strncpy((char *)block, h->name, 100);
    snprintf((char *)block + 100, 8, "%07o", (h->mode ? h->mode : 0644) & 07777);
    snprintf((char *)block + 108, 8, "%07o", 0);
    snprintf((char *)block + 116, 8, "%07o", 0);
    snprintf((char *)block + 124, 12, "%011zo", h->size ? h->size : h->data.len);
    snprintf((char *)block + 136, 12, "%011o", 0);
    memset(block + 148, ' ', 8);
    block[156] = (unsigned char)h->type;
    strncpy((char *)block + 157, h->target ? h->target : "", 100);
    memcpy(block + 257, "ustar\00000", 8);
    for (int i = 0; i < TAR_BLOCK; i++)
        sum += block[i];
    snprintf((char *)block + 148, 8, "%06o", sum);
    cpm_buf_add(tar, block, TAR_BLOCK);
    cpm_buf_add_str(tar, h->data);
    tar_pad(tar);
}

static inline void tar_file(struct cpm_buf *tar, const char *name, const char *text)
{
    tar_add(tar, &(struct tar_header){.type = '0', .name = name, .data = cpm_str(text)});
}

/* A pax header with one record; `value` may hold NULs. */
static inline void tar_pax(struct cpm_buf *tar, const char *key, struct cpm_str value)
{
    struct cpm_buf body = CPM_BUF_INIT(1 << 20);
    size_t rest = strlen(key) + value.len + 3, len = rest + 1;

    while (len != rest + (size_t)snprintf(NULL, 0, "%zu", len))
        len++;
    cpm_buf_addf(&body, "%zu %s=", len, key);
    cpm_buf_add_str(&body, value);
    cpm_buf_add_char(&body, '\n');
    tar_add(tar, &(struct tar_header){.type = 'x', .name = "pax", .data = cpm_buf_str(&body)});
    cpm_buf_release(&body);
}

static inline void tar_end(struct cpm_buf *tar)
{
    static const char zeros[2 * TAR_BLOCK];

    cpm_buf_add(tar, zeros, sizeof(zeros));
}

static inline void tar_gzip(struct cpm_str bytes, struct cpm_buf *out)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);

    if (!cpm_buf_reserve(out, libdeflate_gzip_compress_bound(c, bytes.len)))
        abort();
    out->len +=
        libdeflate_gzip_compress(c, bytes.ptr, bytes.len, out->ptr + out->len, out->cap - out->len);
    libdeflate_free_compressor(c);
}

#endif
