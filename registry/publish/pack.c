/* Every file is read once, into the archive's buffer. Modes are made the same on every machine: the
 * owner can read and write, nobody else can write, and a bin can be run. */
#include "registry/publish/pack.h"

#include "base/digest.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/path.h"
#include "registry/publish/tar.h"

#include <errno.h>
#include <libdeflate.h>

#define TAR_MAX   (2ull << 30)
#define LEVEL     9
#define MODE_BITS 07777

struct packing {
    struct cpm_arena *arena;
    const char *root;
    const struct cpm_json *bin;
    struct cpm_packed *out;
    struct cpm_buf tar;
    struct cpm_map inodes; /* of files with several names: "dev:ino" → the first one */
};

/* npm's rule, which leaves out the first folder of the path: only bins right in the package's
 * folder are found by their own path. */
static bool is_bin(const struct cpm_json *bin, struct cpm_str path)
{
    size_t slash = cpm_str_chr(path, '/');
    struct cpm_str below = slash == CPM_NPOS ? path : cpm_str_sub(path, slash + 1, path.len);
    CPM_JSON_EACH (bin, each)
        if (cpm_str_eq(cpm_json_str(each), below))
            return true;
    return false;
}

static unsigned mode_of(const struct packing *p, struct cpm_str path, unsigned mode)
{
    if (is_bin(p->bin, path))
        mode |= 0111;
    return ((mode & MODE_BITS) | 0600) & ~022u;
}

/* The first packed name of the same file, or "". */
static struct cpm_str first_name(struct packing *p, const struct stat *st, const char *path)
{
    const char *key;
    if (st->st_nlink < 2)
        return CPM_STR("");
    key = cpm_arena_printf(p->arena, "%llu:%llu", (unsigned long long)st->st_dev,
                           (unsigned long long)st->st_ino);
    const char *first = cpm_map_get(&p->inodes, cpm_str(key));
    if (!first)
        cpm_map_set(&p->inodes, cpm_str(key), (void *)(uintptr_t)path);
    return first ? cpm_str(first) : CPM_STR("");
}

static int add_file(struct packing *p, const char *listed, struct cpm_error *err)
{
    struct cpm_arena scratch = CPM_ARENA_INIT;
    const char *rel = strncmp(listed, "./", 2) == 0 ? listed + 2 : listed;
    const char *full = cpm_path_join(p->arena, p->root, rel);
    struct cpm_tar_file file = {0};
    struct stat st;
    int rc = 0;
    if (lstat(full, &st) < 0)
        return cpm_error_sys(err, errno, "stat '%s'", full);
    file.path = cpm_str(cpm_arena_printf(p->arena, "package/%s", rel));
    file.link = first_name(p, &st, file.path.ptr);
    file.mode = mode_of(p, cpm_str(listed), st.st_mode);
    if (!file.link.len)
        rc = cpm_fs_read(full, TAR_MAX, &scratch, &file.data, err);
    if (rc == 0) {
        cpm_tar_add(&p->tar, &file);
        p->out->files[p->out->count++] = (struct cpm_packed_file){
            .path = cpm_str(rel), .size = file.data.len, .mode = file.mode};
        p->out->unpacked += file.data.len;
    }
    cpm_arena_release(&scratch);
    return rc;
}

static int compress(struct packing *p, struct cpm_error *err)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(LEVEL);
    if (p->tar.overflow || !c)
        return cpm_error_set(err, CPM_ETOOBIG, "'%s' would make a tarball of more than %llu bytes",
                             p->root, TAR_MAX);
    size_t bound = libdeflate_gzip_compress_bound(c, p->tar.len);
    char *bytes = cpm_alloc(bound);
    size_t size = libdeflate_gzip_compress(c, p->tar.ptr, p->tar.len, bytes, bound);
    libdeflate_free_compressor(c);
    return cpm_packed_from(p->arena, bytes, size, p->out, err);
}

int cpm_packed_from(struct cpm_arena *arena, char *bytes, size_t size, struct cpm_packed *out,
                    struct cpm_error *err)
{
    unsigned char sha1[CPM_DIGEST_MAX], sha512[CPM_DIGEST_MAX];
    struct cpm_str all = cpm_str_n(bytes, size);
    out->tarball = bytes;
    out->size = size;
    int rc = cpm_digest_of(CPM_SHA1, all, sha1, err);
    if (rc == 0)
        rc = cpm_digest_of(CPM_SHA512, all, sha512, err);
    if (rc < 0)
        return rc;
    out->shasum = cpm_hex(arena, sha1, 20);
    out->integrity = cpm_sri_text(arena, CPM_SHA512, sha512);
    return 0;
}

int cpm_pack_folder(struct cpm_arena *arena, const char *path, const struct cpm_packlist *list,
                    const struct cpm_json *bin, struct cpm_packed *out, struct cpm_error *err)
{
    struct packing p = {
        .arena = arena, .root = path, .bin = bin, .out = out, .inodes = CPM_MAP_INIT};
    int rc = 0;
    cpm_buf_init(&p.tar, TAR_MAX);
    *out = (struct cpm_packed){0};
    out->files = CPM_NEW_ARRAY(arena, struct cpm_packed_file, list->files.count + 1);
    for (size_t i = 0; i < list->files.count && rc == 0; i++)
        rc = add_file(&p, list->files.v[i], err);
    if (rc == 0) {
        cpm_tar_end(&p.tar);
        rc = compress(&p, err);
    }
    cpm_map_release(&p.inodes);
    cpm_buf_release(&p.tar);
    if (rc < 0)
        cpm_packed_release(out);
    return rc;
}

void cpm_packed_release(struct cpm_packed *packed)
{
    cpm_free(packed->tarball);
    packed->tarball = NULL;
}
