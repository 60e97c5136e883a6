/* A growable byte buffer that owns its memory and has a maximum. Appending past the maximum or
 * after a failure leaves the buffer as it was and sets `overflow`, so that a chain of appends is
 * checked once, at its end. ptr[len] is always '\0' once anything was appended. */
#ifndef CPM_BASE_BUF_H
#define CPM_BASE_BUF_H

#include "base/error.h"
#include "base/str.h"

struct cpm_buf {
    char *ptr;
    size_t len;
    size_t cap;
    size_t max;
    bool overflow;
};

#define CPM_BUF_INIT(maximum)                                                                      \
    {                                                                                              \
        .ptr = NULL, .len = 0, .cap = 0, .max = (maximum), .overflow = false                       \
    }

void cpm_buf_init(struct cpm_buf *buf, size_t max);
void cpm_buf_release(struct cpm_buf *buf);
void cpm_buf_clear(struct cpm_buf *buf);
/* Room for `extra` more bytes; false (and overflow) when that passes the maximum. */
bool cpm_buf_reserve(struct cpm_buf *buf, size_t extra);
void cpm_buf_add(struct cpm_buf *buf, const void *bytes, size_t len);
void cpm_buf_add_str(struct cpm_buf *buf, struct cpm_str s);
void cpm_buf_add_text(struct cpm_buf *buf, const char *text);
void cpm_buf_add_char(struct cpm_buf *buf, char c);
void cpm_buf_addf(struct cpm_buf *buf, const char *fmt, ...) CPM_PRINTF(2, 3);
/* NUL-terminated contents; "" when empty. */
const char *cpm_buf_text(const struct cpm_buf *buf);
static inline struct cpm_str cpm_buf_str(const struct cpm_buf *buf)
{
    return cpm_str_n(buf->ptr, buf->len);
}

#endif
