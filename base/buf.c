#include "base/buf.h"

#include "base/mem.h"

#include <stdio.h>

void cpm_buf_init(struct cpm_buf *buf, size_t max)
{
    *buf = (struct cpm_buf)CPM_BUF_INIT(max);
}

void cpm_buf_release(struct cpm_buf *buf)
{
    cpm_free(buf->ptr);
    cpm_buf_init(buf, buf->max);
}

void cpm_buf_clear(struct cpm_buf *buf)
{
    buf->len = 0;
    buf->overflow = false;
    if (buf->ptr)
        buf->ptr[0] = '\0';
}

bool cpm_buf_reserve(struct cpm_buf *buf, size_t extra)
{
    size_t want, cap;

    if (buf->overflow || extra > buf->max || buf->len > buf->max - extra) {
        buf->overflow = true;
        return false;
    }
    want = buf->len + extra + 1;
    if (want <= buf->cap)
        return true;
    cap = buf->cap ? buf->cap : 64;
    while (cap < want)
        cap += cap / 2;
    buf->ptr = cpm_realloc(buf->ptr, cap, 1);
    buf->cap = cap;
    return true;
}

void cpm_buf_add(struct cpm_buf *buf, const void *bytes, size_t len)
{
    if (!cpm_buf_reserve(buf, len))
        return;
    if (len)
        memcpy(buf->ptr + buf->len, bytes, len);
    buf->len += len;
    buf->ptr[buf->len] = '\0';
}

void cpm_buf_add_str(struct cpm_buf *buf, struct cpm_str s)
{
    cpm_buf_add(buf, s.ptr, s.len);
}

void cpm_buf_add_text(struct cpm_buf *buf, const char *text)
{
    cpm_buf_add(buf, text, strlen(text));
}

void cpm_buf_add_char(struct cpm_buf *buf, char c)
{
    cpm_buf_add(buf, &c, 1);
}

void cpm_buf_addf(struct cpm_buf *buf, const char *fmt, ...)
{
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0 || !cpm_buf_reserve(buf, (size_t)n))
        return;
    va_start(args, fmt);
    vsnprintf(buf->ptr + buf->len, (size_t)n + 1, fmt, args);
    va_end(args);
    buf->len += (size_t)n;
}

const char *cpm_buf_text(const struct cpm_buf *buf)
{
    return buf->len ? buf->ptr : "";
}
