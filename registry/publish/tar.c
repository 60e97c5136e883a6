/* Number fields hold octal digits with leading zeros, a blank and a NUL; the blank goes when the
 * digits need its place. Fields that npm leaves out (owner and group) stay NUL. A name over 100
 * bytes is parted at a slash into prefix and name; what cannot be parted, and every name that is
 * not ASCII, stands whole in a pax header in front. */
#include "registry/publish/tar.h"

#include <stdio.h>

enum { BLOCK = 512, NAME_MAX_ = 100, PREFIX_MAX = 155 };

/* 1985-10-26T08:15:00Z: npm's date for every file, which zip can hold too. */
#define MTIME 499162500u

struct header {
    struct cpm_str path, link;
    char type; /* '0' file, '1' hard link, 'x' pax */
    unsigned mode;
    uint64_t size;
};

static bool put_number(char *field, size_t size, uint64_t n)
{
    uint64_t rest = n;
    size_t len = 1;
    while (rest >>= 3)
        len++;
    if (len > size - 1) { /* base 256 */
        for (size_t i = size; i-- > 1; n >>= 8)
            field[i] = (char)(n & 0xff);
        field[0] = (char)0x80;
        return true;
    }
    size_t end = len == size - 1 ? len : size - 2; /* a blank stands behind where there is room */
    field[size - 1] = '\0';
    field[size - 2] = ' ';
    for (size_t i = end; i-- > 0; n >>= 3)
        field[i] = (char)('0' + (n & 7));
    return false;
}

/* At most `size` bytes, no character cut in two. True when a pax header must say it. */
static bool put_text(char *field, size_t size, struct cpm_str text)
{
    size_t len = text.len < size ? text.len : size;
    bool ascii = true;
    while (len < text.len && len && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
        len--;
    for (size_t i = 0; i < text.len; i++)
        ascii &= (unsigned char)text.ptr[i] < 128;
    if (len)
        memcpy(field, text.ptr, len);
    return !ascii || text.len > size;
}

/* The first `count` characters, as JavaScript counts them: one over U+FFFF is two. */
static struct cpm_str cut(struct cpm_str text, size_t count)
{
    size_t i = 0;
    while (i < text.len && count) {
        unsigned char c = (unsigned char)text.ptr[i];
        size_t units = c >= 0xf0 ? 2 : 1, bytes = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        if (units > count)
            break;
        count -= units;
        i += bytes;
    }
    return cpm_str_sub(text, 0, i);
}

/* At the last slash that leaves a prefix of at most 155 bytes. False when the name behind it is
 * over 100 bytes, or when there is no such slash: the name is then cut. */
static bool split_path(struct cpm_str path, struct cpm_str *prefix, struct cpm_str *name)
{
    *prefix = CPM_STR("");
    *name = path;
    if (path.len < NAME_MAX_)
        return true;
    for (size_t i = path.len; i-- > 1;)
        if (path.ptr[i] == '/' && i <= PREFIX_MAX) {
            *prefix = cpm_str_sub(path, 0, i);
            *name = cpm_str_sub(path, i + 1, path.len);
            if (name->len <= NAME_MAX_)
                return true;
            *name = cut(*name, NAME_MAX_ - 1);
            return false;
        }
    *name = cut(path, NAME_MAX_ - 1);
    return false;
}

/* True when a pax header is needed. */
static bool encode(const struct header *h, char block[BLOCK])
{
    struct cpm_str prefix, name;
    unsigned sum = 0;
    memset(block, 0, BLOCK);
    bool pax = !split_path(h->path, &prefix, &name);
    pax |= put_text(block, NAME_MAX_, name);
    put_number(block + 100, 8, h->mode);
    pax |= put_number(block + 124, 12, h->size);
    put_number(block + 136, 12, MTIME);
    block[156] = h->type;
    pax |= put_text(block + 157, NAME_MAX_, h->link);
    memcpy(block + 257, "ustar\00000", 8);
    put_number(block + 329, 8, 0);
    put_number(block + 337, 8, 0);
    pax |= put_text(block + 345, PREFIX_MAX, prefix);
    memset(block + 148, ' ', 8);
    for (int i = 0; i < BLOCK; i++)
        sum += (unsigned char)block[i];
    put_number(block + 148, 8, sum);
    return pax;
}

static void pad(struct cpm_buf *out)
{
    static const char zeros[BLOCK];
    size_t rest = out->len % BLOCK;
    if (rest)
        cpm_buf_add(out, zeros, BLOCK - rest);
}

/* "LEN key=value\n", where LEN counts itself. */
static void add_record(struct cpm_buf *out, const char *key, struct cpm_str value)
{
    size_t rest = strlen(key) + value.len + 3, digits = 1;
    for (size_t n = rest; n >= 10; n /= 10)
        digits++;
    for (size_t limit = 1, i = 0; i <= digits; i++, limit *= 10)
        if (i == digits && rest + digits >= limit)
            digits++;
    cpm_buf_addf(out, "%zu %s=%.*s\n", rest + digits, key, CPM_STR_ARG(value));
}

static void add_pax(struct cpm_buf *out, const struct header *h)
{
    struct cpm_buf body = CPM_BUF_INIT(1 << 20), name = CPM_BUF_INIT(1 << 16);
    char block[BLOCK], number[32];
    size_t slash = cpm_str_rchr(h->path, '/');
    add_record(&body, "path", h->path);
    if (h->link.len)
        add_record(&body, "linkpath", h->link);
    snprintf(number, sizeof(number), "%u", MTIME);
    add_record(&body, "mtime", cpm_str(number));
    snprintf(number, sizeof(number), "%llu", (unsigned long long)h->size);
    add_record(&body, "size", cpm_str(number));
    cpm_buf_addf(&name, "PaxHeader/%.*s",
                 CPM_STR_ARG(cpm_str_sub(h->path, slash == CPM_NPOS ? 0 : slash + 1, h->path.len)));
    struct header pax = {.path = cut(cpm_buf_str(&name), NAME_MAX_ - 1),
                         .type = 'x',
                         .mode = 0644,
                         .size = body.len};
    encode(&pax, block);
    cpm_buf_add(out, block, BLOCK);
    cpm_buf_add_str(out, cpm_buf_str(&body));
    pad(out);
    cpm_buf_release(&name);
    cpm_buf_release(&body);
}

void cpm_tar_add(struct cpm_buf *out, const struct cpm_tar_file *file)
{
    char block[BLOCK];
    struct header h = {.path = file->path,
                       .link = file->link,
                       .type = file->link.len ? '1' : '0',
                       .mode = file->mode,
                       .size = file->link.len ? 0 : file->data.len};
    if (encode(&h, block))
        add_pax(out, &h);
    cpm_buf_add(out, block, BLOCK);
    if (h.size) {
        cpm_buf_add_str(out, file->data);
        pad(out);
    }
}

void cpm_tar_end(struct cpm_buf *out)
{
    static const char zeros[2 * BLOCK];
    cpm_buf_add(out, zeros, sizeof(zeros));
}
