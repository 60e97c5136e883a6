#include "install/store_index.h"

#include "resolver/module/index.h"

/* Image: head, dirs, files, packages, strings. All offsets are checked against the image once, so
 * that the linker can use them without thought; a checksum over everything behind the head's first
 * line tells a torn or rotten file. */

static const char magic[8] = "cpmidx2\n";

struct head {
    char magic[8];
    uint64_t checksum; /* of all bytes behind it */
    struct cpm_store_index_origin origin;
    uint64_t size;
    uint32_t dir_count, file_count, package_count, reserved;
    uint64_t string_size;
    struct cpm_store_index_text license, manifest;
};

_Static_assert(sizeof(struct head) % 8 == 0 && sizeof(struct cpm_store_index_dir) % 8 == 0 &&
                   sizeof(struct cpm_store_index_file) % 8 == 0 &&
                   sizeof(struct cpm_store_index_package) % 8 == 0,
               "the image is aligned to 8");

static struct cpm_store_index_text put(struct cpm_buf *strings, struct cpm_str s)
{
    struct cpm_store_index_text t = {(uint32_t)strings->len, (uint32_t)s.len};

    cpm_buf_add_str(strings, s);
    cpm_buf_add_char(strings, '\0');
    return t;
}

/* What the resolution index of a node_modules will say of each package.json, so that installing
 * need not read them; one that is no object has none. */
static uint32_t put_packages(const struct cpm_write_plan *plan, struct cpm_buf *strings,
                             struct cpm_buf *out)
{
    struct cpm_buf fields = CPM_BUF_INIT(CPM_INDEX_MAX / 2);
    struct cpm_arena arena = CPM_ARENA_INIT;
    uint32_t count = 0;

    for (uint32_t i = 0; i < plan->file_count; i++) {
        struct cpm_package p = {.exists = true};
        struct cpm_store_index_package package = {.file = i};

        if (!cpm_str_is(plan->files[i].name, "package.json"))
            continue;
        cpm_description_parse(&p, &arena, plan->files[i].data);
        fields.len = 0;
        if (!p.invalid)
            cpm_index_put_fields(&fields, &p);
        if (!p.invalid && !fields.overflow) {
            package.fields = put(strings, cpm_buf_str(&fields));
            cpm_buf_add(out, &package, sizeof(package));
            count++;
        }
        cpm_arena_release(&arena);
    }
    cpm_buf_release(&fields);
    return count;
}

static uint64_t checksum_of(struct cpm_str image)
{
    size_t from = offsetof(struct head, checksum) + sizeof(uint64_t);

    return cpm_str_hash(cpm_str_sub(image, from, image.len));
}

void cpm_store_index_write(const struct cpm_write_plan *plan, const struct cpm_facts *facts,
                           const struct cpm_store_index_origin *origin, struct cpm_buf *out)
{
    struct cpm_buf strings = CPM_BUF_INIT(CPM_INDEX_MAX / 2);
    struct head head = {.origin = *origin,
                        .size = plan->size,
                        .dir_count = plan->dir_count,
                        .file_count = plan->file_count};

    memcpy(head.magic, magic, sizeof(magic));
    cpm_buf_add(out, &head, sizeof(head));
    for (uint32_t i = 0; i < plan->dir_count; i++) {
        struct cpm_store_index_dir dir = {.path = put(&strings, plan->dirs[i].path),
                                          .parent = plan->dirs[i].parent};

        cpm_buf_add(out, &dir, sizeof(dir));
    }
    for (uint32_t i = 0; i < plan->file_count; i++) {
        const struct cpm_write_file *f = &plan->files[i];
        struct cpm_store_index_file file = {
            .name = put(&strings, f->name),
            .dir = f->dir,
            .executable = f->executable,
            .size = f->data.len - (f->cut == CPM_NPOS ? 0 : 1),
        };

        cpm_buf_add(out, &file, sizeof(file));
    }
    head.package_count = put_packages(plan, &strings, out);
    head.license = put(&strings, facts->license);
    head.manifest = put(&strings, facts->manifest);
    head.string_size = strings.len;
    cpm_buf_add_str(out, cpm_buf_str(&strings));
    out->overflow |= strings.overflow;
    if (!out->overflow) {
        memcpy(out->ptr, &head, sizeof(head));
        head.checksum = checksum_of(cpm_buf_str(out));
        memcpy(out->ptr, &head, sizeof(head));
    }
    cpm_buf_release(&strings);
}

static bool text_fits(const struct head *head, const char *strings, struct cpm_store_index_text t)
{
    return t.at < head->string_size && t.len < head->string_size - t.at &&
           strings[t.at + t.len] == '\0';
}

static bool contents_fit(const struct head *head, const struct cpm_store_index *x)
{
    uint32_t dir = 0;

    for (uint32_t i = 0; i < x->dir_count; i++)
        if (!text_fits(head, x->strings, x->dirs[i].path) || (i && x->dirs[i].parent >= i))
            return false;
    for (uint32_t i = 0; i < x->file_count; i++) {
        const struct cpm_store_index_file *f = &x->files[i];

        if (!text_fits(head, x->strings, f->name) || f->dir >= x->dir_count || f->dir < dir)
            return false;
        dir = f->dir;
    }
    for (uint32_t i = 0; i < x->package_count; i++)
        if (!text_fits(head, x->strings, x->packages[i].fields) ||
            x->packages[i].file >= x->file_count ||
            (i && x->packages[i].file <= x->packages[i - 1].file))
            return false;
    return text_fits(head, x->strings, head->license) &&
           text_fits(head, x->strings, head->manifest);
}

bool cpm_store_index_load(struct cpm_str image, struct cpm_store_index *out)
{
    const struct head *head = (const void *)image.ptr;
    uint64_t fixed;

    if (image.len < sizeof(*head) || memcmp(head->magic, magic, sizeof(magic)) != 0 ||
        head->dir_count == 0 || head->string_size > image.len)
        return false;
    fixed = sizeof(*head) + (uint64_t)head->dir_count * sizeof(struct cpm_store_index_dir) +
            (uint64_t)head->file_count * sizeof(struct cpm_store_index_file) +
            (uint64_t)head->package_count * sizeof(struct cpm_store_index_package);
    if (fixed > image.len || image.len - fixed != head->string_size ||
        checksum_of(image) != head->checksum)
        return false;
    *out = (struct cpm_store_index){.origin = head->origin,
                                    .dir_count = head->dir_count,
                                    .file_count = head->file_count,
                                    .package_count = head->package_count,
                                    .size = head->size};
    out->dirs = (const void *)(image.ptr + sizeof(*head));
    out->files = (const void *)(out->dirs + head->dir_count);
    out->packages = (const void *)(out->files + head->file_count);
    out->strings = image.ptr + fixed;
    if (!contents_fit(head, out))
        return false;
    out->license = cpm_store_index_str(out, head->license);
    out->manifest = cpm_store_index_str(out, head->manifest);
    return true;
}

static int64_t find_dir(const struct cpm_store_index *index, struct cpm_str path)
{
    for (uint32_t i = 0; i < index->dir_count; i++)
        if (cpm_str_eq(cpm_store_index_str(index, index->dirs[i].path), path))
            return i;
    return -1;
}

bool cpm_store_index_has_dir(const struct cpm_store_index *index, struct cpm_str path)
{
    return find_dir(index, path) >= 0;
}

int64_t cpm_store_index_find(const struct cpm_store_index *index, struct cpm_str path)
{
    size_t slash = cpm_str_rchr(path, '/');
    int64_t dir = find_dir(index, cpm_str_sub(path, 0, slash == CPM_NPOS ? 0 : slash));
    struct cpm_str name = slash == CPM_NPOS ? path : cpm_str_sub(path, slash + 1, path.len);

    for (uint32_t i = 0; dir >= 0 && i < index->file_count; i++)
        if (index->files[i].dir == dir &&
            cpm_str_eq(cpm_store_index_str(index, index->files[i].name), name))
            return i;
    return -1;
}
