#include "install/archive.h"

#include "base/library.h"
#include "base/mem.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <pthread.h>

/* libarchive reads from one memory block, so that the data it hands out are views into it. Traps of
 * 3.6 that are closed here: a truncated member fails in the data call but lets the next header call
 * say "end" (so a fault is sticky), NUL bytes inside pax and GNU long names cut the name (so the
 * raw headers are looked at), and names go through the locale (so the reading thread is put into
 * C.UTF-8, where bytes pass unchanged). */

#define ARCHIVE_SONAME "libarchive.so.13"

#define ARCHIVE_FUNCTIONS(X)                                                                       \
    X(archive_read_new)                                                                            \
    X(archive_read_free)                                                                           \
    X(archive_read_support_format_tar)                                                             \
    X(archive_read_support_format_raw)                                                             \
    X(archive_read_support_filter_gzip)                                                            \
    X(archive_read_open_memory)                                                                    \
    X(archive_read_open_memory2)                                                                   \
    X(archive_read_next_header)                                                                    \
    X(archive_read_header_position)                                                                \
    X(archive_read_data_block)                                                                     \
    X(archive_error_string)                                                                        \
    X(archive_entry_filetype)                                                                      \
    X(archive_entry_hardlink)                                                                      \
    X(archive_entry_mode)                                                                          \
    X(archive_entry_pathname)                                                                      \
    X(archive_entry_size)                                                                          \
    X(archive_entry_sparse_count)

/* Written by load() under pthread_once, only read afterwards. */
static struct {
#define X(name) __typeof__(name) *name;
    ARCHIVE_FUNCTIONS(X)
#undef X
    locale_t locale;
    char fault[CPM_LIBRARY_FAULT]; /* "": none */
} lib;
static pthread_once_t lib_once = PTHREAD_ONCE_INIT;

struct cpm_archive {
    struct archive *handle;
    struct cpm_str tar;
    struct cpm_arena *arena;
    locale_t old_locale;
    struct cpm_error fault; /* code 0: none yet */
};

static void load(void)
{
#define X(name) {#name, &lib.name},
    static const struct cpm_library_function functions[] = {ARCHIVE_FUNCTIONS(X)};
#undef X

    if (cpm_library_load(ARCHIVE_SONAME, functions, sizeof(functions) / sizeof(functions[0]),
                         lib.fault))
        lib.locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

void cpm_archive_preload(void)
{
    pthread_once(&lib_once, load);
}

static int need_library(struct cpm_error *err)
{
    cpm_archive_preload();
    if (lib.fault[0])
        return cpm_error_set(err, CPM_EUNSUPPORTED, "cannot unpack: " ARCHIVE_SONAME " %s",
                             lib.fault);
    return 0;
}

static int fail(struct cpm_archive *archive, const char *what)
{
    const char *words = lib.archive_error_string(archive->handle);

    return cpm_error_set(&archive->fault, CPM_EBADARCHIVE, "%s: %s", what,
                         words ? words : "unknown fault");
}

int cpm_archive_open(struct cpm_str tar, struct cpm_arena *arena, struct cpm_archive **out,
                     struct cpm_error *err)
{
    int rc = need_library(err);
    struct cpm_archive *archive;

    if (rc < 0)
        return rc;
    archive = cpm_calloc(1, sizeof(*archive));
    archive->tar = tar;
    archive->arena = arena;
    if (lib.locale)
        archive->old_locale = uselocale(lib.locale);
    archive->handle = lib.archive_read_new();
    if (!archive->handle) {
        cpm_archive_free(archive);
        return cpm_error_set(err, CPM_ENOMEM, "cannot start reading an archive");
    }
    lib.archive_read_support_format_tar(archive->handle);
    if (lib.archive_read_open_memory(archive->handle, tar.ptr, tar.len) != ARCHIVE_OK) {
        rc = fail(archive, "no tar archive");
        if (err)
            *err = archive->fault;
        cpm_archive_free(archive);
        return rc;
    }
    *out = archive;
    return 0;
}

void cpm_archive_free(struct cpm_archive *archive)
{
    if (!archive)
        return;
    if (archive->handle)
        lib.archive_read_free(archive->handle);
    if (archive->old_locale)
        uselocale(archive->old_locale);
    cpm_free(archive);
}

static uint64_t octal(const char *field, size_t len)
{
    uint64_t n = 0;

    for (size_t i = 0; i < len; i++)
        if (field[i] >= '0' && field[i] <= '7')
            n = n * 8 + (uint64_t)(field[i] - '0');
    return n;
}

/* Looks at the extension headers in front of the current entry for NUL bytes inside names. A
 * trailing run of NULs is how GNU ends a long name. */
static bool hides_nul(const struct cpm_archive *archive)
{
    enum { BLOCK = 512, SIZE_AT = 124, SIZE_LEN = 12, TYPE_AT = 156 };
    int64_t position = lib.archive_read_header_position(archive->handle);
    struct cpm_str rest = cpm_str_sub(archive->tar, (size_t)position, archive->tar.len);

    while (position >= 0 && rest.len > BLOCK && memchr("xgLK", rest.ptr[TYPE_AT], 4)) {
        bool pax = rest.ptr[TYPE_AT] == 'x' || rest.ptr[TYPE_AT] == 'g';
        uint64_t size = octal(rest.ptr + SIZE_AT, SIZE_LEN);
        struct cpm_str body = cpm_str_sub(rest, BLOCK, size);

        while (!pax && body.len && body.ptr[body.len - 1] == '\0')
            body.len--;
        if (body.len && memchr(body.ptr, '\0', body.len))
            return true;
        rest = cpm_str_sub(rest, BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK, rest.len);
    }
    return false;
}

static enum cpm_archive_type type_of(struct archive_entry *e)
{
    if (lib.archive_entry_hardlink(e))
        return CPM_ARCHIVE_LINK;
    switch (lib.archive_entry_filetype(e)) {
    case AE_IFREG:
        return CPM_ARCHIVE_FILE;
    case AE_IFDIR:
        return CPM_ARCHIVE_DIR;
    case AE_IFLNK:
        return CPM_ARCHIVE_LINK;
    default:
        return CPM_ARCHIVE_OTHER;
    }
}

/* One piece is a view; further pieces (which a memory block does not give today) are joined. */
static int read_data(struct cpm_archive *archive, uint64_t expected, struct cpm_str *data)
{
    const void *piece;
    size_t len;
    int64_t offset;
    int status;

    *data = CPM_STR_NONE;
    while ((status = lib.archive_read_data_block(archive->handle, &piece, &len, &offset)) ==
           ARCHIVE_OK) {
        if ((uint64_t)offset != data->len)
            return cpm_error_set(&archive->fault, CPM_EBADARCHIVE,
                                 "the archive holds a sparse "
                                 "file");
        if (len == 0)
            continue;
        if (data->len) {
            char *joined = cpm_arena_alloc(archive->arena, data->len + len);

            memcpy(joined, data->ptr, data->len);
            memcpy(joined + data->len, piece, len);
            piece = joined;
            len += data->len;
        }
        *data = cpm_str_n(piece, len);
    }
    if (status != ARCHIVE_EOF)
        return fail(archive, "damaged archive");
    if (data->len != expected)
        return cpm_error_set(&archive->fault, CPM_EBADARCHIVE, "the archive is cut short");
    return 0;
}

static int read_entry(struct cpm_archive *archive, struct cpm_archive_entry *entry)
{
    struct archive_entry *e;
    int status = lib.archive_read_next_header(archive->handle, &e);
    const char *path;

    if (status == ARCHIVE_EOF)
        return 0;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
        return fail(archive, "damaged archive");
    if (hides_nul(archive))
        return cpm_error_set(&archive->fault, CPM_EBADARCHIVE, "a name holds a NUL byte");
    path = lib.archive_entry_pathname(e);
    if (!path)
        return cpm_error_set(&archive->fault, CPM_EBADARCHIVE, "an entry has no readable name");
    *entry = (struct cpm_archive_entry){.type = type_of(e), .path = cpm_str(path)};
    if (entry->type == CPM_ARCHIVE_FILE) {
        entry->mode = lib.archive_entry_mode(e) & 07777;
        entry->executable = entry->mode & 0111;
        if (lib.archive_entry_sparse_count(e) > 0)
            return cpm_error_set(&archive->fault, CPM_EBADARCHIVE, "'%s' is a sparse file", path);
        if (read_data(archive, (uint64_t)lib.archive_entry_size(e), &entry->data) < 0)
            return cpm_error_prefix(&archive->fault, "'%s': ", path);
    }
    return 1;
}

int cpm_archive_next(struct cpm_archive *archive, struct cpm_archive_entry *entry,
                     struct cpm_error *err)
{
    int rc = archive->fault.code ? archive->fault.code : read_entry(archive, entry);

    if (rc < 0 && err)
        *err = archive->fault;
    return rc;
}

int cpm_archive_gzip_size(struct cpm_str gzip, uint64_t max, uint64_t *size, struct cpm_error *err)
{
    enum { WINDOW = 64 << 10 };
    int status, rc = need_library(err);
    struct archive_entry *e;
    struct archive *a;
    const void *piece;
    int64_t offset;
    size_t len;

    if (rc < 0)
        return rc;
    a = lib.archive_read_new();
    lib.archive_read_support_filter_gzip(a);
    lib.archive_read_support_format_raw(a);
    *size = 0;
    status = lib.archive_read_open_memory2(a, gzip.ptr, gzip.len, WINDOW);
    if (status == ARCHIVE_OK)
        status = lib.archive_read_next_header(a, &e);
    while (status == ARCHIVE_OK && *size <= max)
        if ((status = lib.archive_read_data_block(a, &piece, &len, &offset)) == ARCHIVE_OK)
            *size += len;
    lib.archive_read_free(a);
    if (*size > max)
        return cpm_error_set(err, CPM_EBADARCHIVE,
                             "the archive unpacks to more than %llu bytes, which is refused",
                             (unsigned long long)max);
    if (status != ARCHIVE_EOF)
        return cpm_error_set(err, CPM_EBADARCHIVE, "the archive's compression is damaged");
    return 0;
}
