/* What the linker reads of a file hangs together by addresses; each is brought back to a place in
 * the file by the segment that it lies in (`place`), which is the one check of bounds. Entries are
 * copied in and out, since nothing says that they are aligned. */
#include "runtime/open/bind.h"

#include "base/mem.h"

#include <elf.h>
#include <stdlib.h>

enum { SEGMENTS_MAX = 16, TAGS = DT_VERSYM - DT_GNU_HASH + 1, VERSIONS = 1 << 15 };

struct segment {
    uint64_t address, at, len;
};

struct image {
    char *bytes;
    size_t len;
    struct segment segments[SEGMENTS_MAX];
    unsigned segment_count;
    size_t dynamic, dynamic_count;                                      /* place, entries */
    size_t strings, strings_len, symbols, versions;                     /* places */
    size_t relocations, relocation_count, plt, plt_count, has_relative; /* the last: a place */
    bool *gone; /* versions of libraries that are no longer needed, by number */
};

static bool holds(const struct image *image, size_t at, size_t count, size_t size)
{
    return at <= image->len && count <= (image->len - at) / size;
}

#define GET(image, at, into) memcpy((into), (image)->bytes + (at), sizeof(*(into)))
#define PUT(image, at, from) memcpy((image)->bytes + (at), (from), sizeof(*(from)))

/* Where `len` bytes at an address stand in the file. */
static bool place(const struct image *image, uint64_t address, uint64_t len, size_t *at)
{
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct segment *segment = &image->segments[i];
        uint64_t from = address - segment->address;
        if (address >= segment->address && from <= segment->len && len <= segment->len - from) {
            *at = (size_t)(segment->at + from);
            return true;
        }
    }
    return false;
}

static bool read_segments(struct image *image)
{
    Elf64_Ehdr head;
    static const unsigned char kind[] = {ELFMAG0,    ELFMAG1,     ELFMAG2,   ELFMAG3,
                                         ELFCLASS64, ELFDATA2LSB, EV_CURRENT};

    if (!holds(image, 0, 1, sizeof(head)))
        return false;
    GET(image, 0, &head);
    if (memcmp(head.e_ident, kind, sizeof(kind)) != 0 || head.e_type != ET_DYN ||
        head.e_machine != EM_X86_64 || head.e_phentsize != sizeof(Elf64_Phdr) ||
        !holds(image, head.e_phoff, head.e_phnum, sizeof(Elf64_Phdr)))
        return false;
    for (unsigned i = 0; i < head.e_phnum; i++) {
        Elf64_Phdr entry;
        GET(image, head.e_phoff + i * sizeof(entry), &entry);
        if (entry.p_type != PT_LOAD && entry.p_type != PT_DYNAMIC)
            continue;
        if (!holds(image, entry.p_offset, entry.p_filesz, 1))
            return false;
        if (entry.p_type == PT_DYNAMIC) {
            image->dynamic = entry.p_offset;
            image->dynamic_count = entry.p_filesz / sizeof(Elf64_Dyn);
        } else if (image->segment_count == SEGMENTS_MAX) {
            return false;
        } else {
            image->segments[image->segment_count++] =
                (struct segment){entry.p_vaddr, entry.p_offset, entry.p_filesz};
        }
    }
    return image->dynamic_count > 0;
}

/* The place of the first entry with that tag, and its value; false when there is none. */
static bool find_entry(const struct image *image, int64_t tag, size_t *at, uint64_t *value)
{
    for (size_t i = 0; i < image->dynamic_count; i++) {
        Elf64_Dyn entry;
        *at = image->dynamic + i * sizeof(entry);
        GET(image, *at, &entry);
        if (entry.d_tag == tag) {
            *value = entry.d_un.d_val;
            return true;
        }
        if (entry.d_tag == DT_NULL)
            break;
    }
    return false;
}

static void set_entry(struct image *image, size_t at, int64_t tag, uint64_t value)
{
    Elf64_Dyn entry = {.d_tag = tag, .d_un = {.d_val = value}};

    PUT(image, at, &entry);
}

/* A table that an entry points to, of so many bytes as another says. */
static bool find_table(const struct image *image, int64_t tag, int64_t size_tag, size_t *at,
                       size_t *len)
{
    uint64_t address, size;
    size_t entry;

    if (!find_entry(image, tag, &entry, &address) || !find_entry(image, size_tag, &entry, &size) ||
        !place(image, address, size, at))
        return false;
    *len = size;
    return true;
}

static bool read_tables(struct image *image)
{
    uint64_t symbols, versions, count;
    size_t entry, len, plt_len;

    if (!find_table(image, DT_STRTAB, DT_STRSZ, &image->strings, &image->strings_len) ||
        !find_table(image, DT_RELA, DT_RELASZ, &image->relocations, &len) ||
        !find_table(image, DT_JMPREL, DT_PLTRELSZ, &image->plt, &plt_len) ||
        !find_entry(image, DT_SYMTAB, &entry, &symbols) ||
        !place(image, symbols, sizeof(Elf64_Sym), &image->symbols) ||
        !find_entry(image, DT_VERSYM, &entry, &versions) ||
        !place(image, versions, sizeof(Elf64_Half), &image->versions) ||
        !find_entry(image, DT_RELACOUNT, &image->has_relative, &count))
        return false;
    image->relocation_count = len / sizeof(Elf64_Rela);
    image->plt_count = plt_len / sizeof(Elf64_Rela);
    /* Some linkers make one table of both. */
    return image->plt >= image->relocations + len || image->plt + plt_len <= image->relocations;
}

/* "" for a place outside the table. */
static const char *string_at(const struct image *image, uint64_t offset)
{
    if (offset >= image->strings_len)
        return "";
    const char *text = image->bytes + image->strings + offset;
    return memchr(text, 0, image->strings_len - offset) ? text : "";
}

/* Where a symbol lies, when it is the object's own and of a kind that is nothing but an address:
 * what is unique in the process, is found by a call, or belongs to a thread, is not. */
static bool own_address(const struct image *image, uint64_t index, uint64_t *address)
{
    size_t at = image->symbols + index * sizeof(Elf64_Sym);
    Elf64_Sym symbol;

    if (!holds(image, at, 1, sizeof(symbol)))
        return false;
    GET(image, at, &symbol);
    unsigned kind = ELF64_ST_TYPE(symbol.st_info), bind = ELF64_ST_BIND(symbol.st_info);
    *address = symbol.st_value;
    return symbol.st_shndx != SHN_UNDEF && symbol.st_shndx < SHN_LORESERVE && kind <= STT_FUNC &&
           (bind == STB_GLOBAL || bind == STB_WEAK);
}

/* Makes a relocation relative to the object where that is all it needs. */
static void bind_relocation(const struct image *image, Elf64_Rela *relocation)
{
    uint64_t kind = ELF64_R_TYPE(relocation->r_info), address;
    bool is_plain = kind == R_X86_64_64;

    if (!is_plain && kind != R_X86_64_GLOB_DAT && kind != R_X86_64_JUMP_SLOT)
        return;
    if (!own_address(image, ELF64_R_SYM(relocation->r_info), &address))
        return;
    relocation->r_addend = (int64_t)(address + (is_plain ? (uint64_t)relocation->r_addend : 0));
    relocation->r_info = ELF64_R_INFO(0, R_X86_64_RELATIVE);
}

/* A symbol of a library that is no longer needed is looked for without a version. */
static void forget_version(struct image *image, const Elf64_Rela *relocation)
{
    size_t at = image->versions + ELF64_R_SYM(relocation->r_info) * sizeof(Elf64_Half);
    Elf64_Half version;

    if (!holds(image, at, 1, sizeof(version)))
        return;
    GET(image, at, &version);
    if (!image->gone[version % VERSIONS])
        return;
    version = VER_NDX_GLOBAL;
    PUT(image, at, &version);
}

static int by_place(const void *a, const void *b)
{
    const Elf64_Rela *x = a, *y = b;

    return (x->r_offset > y->r_offset) - (x->r_offset < y->r_offset);
}

static bool is_relative(const Elf64_Rela *relocation)
{
    return ELF64_R_TYPE(relocation->r_info) == R_X86_64_RELATIVE;
}

/* The linker takes the relative ones, which stand in front, in a loop of their own. In the order of
 * their places each page is come to once. */
static void bind_relocations(struct image *image)
{
    size_t count = image->relocation_count, relative = 0, other = 0;
    Elf64_Rela *all = cpm_calloc(count + 1, sizeof(*all));

    for (int wanted = 1; wanted >= 0; wanted--) {
        for (size_t i = 0; i < count; i++) {
            Elf64_Rela relocation;
            GET(image, image->relocations + i * sizeof(relocation), &relocation);
            bind_relocation(image, &relocation);
            if (is_relative(&relocation) == (wanted == 1))
                all[relative + other++] = relocation;
        }
        if (wanted) {
            relative = other;
            other = 0;
            qsort(all, relative, sizeof(*all), by_place);
        }
    }
    for (size_t i = relative; i < count; i++)
        forget_version(image, &all[i]);
    memcpy(image->bytes + image->relocations, all, count * sizeof(*all));
    cpm_free(all);
    set_entry(image, image->has_relative, DT_RELACOUNT, relative);
}

static void bind_plt(struct image *image)
{
    for (size_t i = 0; i < image->plt_count; i++) {
        size_t at = image->plt + i * sizeof(Elf64_Rela);
        Elf64_Rela relocation;
        GET(image, at, &relocation);
        bind_relocation(image, &relocation);
        if (is_relative(&relocation))
            PUT(image, at, &relocation);
        else
            forget_version(image, &relocation);
    }
}

static bool is_listed(struct cpm_str list, const char *name)
{
    struct cpm_str part;

    while (cpm_str_split(&list, ':', &part))
        if (part.len > 0 && cpm_str_is(part, name))
            return true;
    return false;
}

/* Takes the libraries that the stand-in stands for off the list of what is needed, and puts its
 * name in the place of the first that is long enough. */
static bool replace_needed(struct image *image, const struct cpm_bind *bind)
{
    size_t kept = 0;
    bool is_named = false;

    for (size_t i = 0; i < image->dynamic_count; i++) {
        Elf64_Dyn entry;
        GET(image, image->dynamic + i * sizeof(entry), &entry);
        const char *name = entry.d_tag == DT_NEEDED ? string_at(image, entry.d_un.d_val) : "";
        bool is_behind = is_listed(bind->behind, name);
        if (is_behind && (is_named || strlen(name) < strlen(bind->standin)))
            continue;
        PUT(image, image->dynamic + kept++ * sizeof(entry), &entry);
        if (is_behind) {
            memcpy(image->bytes + image->strings + entry.d_un.d_val, bind->standin,
                   strlen(bind->standin) + 1);
            is_named = true;
        }
    }
    for (; kept < image->dynamic_count; kept++)
        set_entry(image, image->dynamic + kept * sizeof(Elf64_Dyn), DT_NULL, 0);
    return is_named;
}

/* The versions that are asked of one library: their numbers go to `gone`. */
static bool drop_versions(struct image *image, size_t at, const Elf64_Verneed *library)
{
    at += library->vn_aux;
    for (unsigned i = 0; i < library->vn_cnt; i++) {
        Elf64_Vernaux version;
        if (!holds(image, at, 1, sizeof(version)))
            return false;
        GET(image, at, &version);
        image->gone[version.vna_other % VERSIONS] = true;
        at += version.vna_next;
    }
    return true;
}

/* Takes them off the list of libraries of which versions are asked, too: a chain by offsets. */
static bool replace_versions(struct image *image, struct cpm_str behind)
{
    uint64_t address, count;
    size_t entry, count_entry, at, last = 0, first_moved = 0, kept = 0;

    if (!find_entry(image, DT_VERNEED, &entry, &address) ||
        !find_entry(image, DT_VERNEEDNUM, &count_entry, &count) || !place(image, address, 1, &at))
        return false;
    size_t begin = at;
    for (uint64_t i = 0; i < count; i++) {
        Elf64_Verneed library;
        if (!holds(image, at, 1, sizeof(library)))
            return false;
        GET(image, at, &library);
        if (is_listed(behind, string_at(image, library.vn_file))) {
            if (!drop_versions(image, at, &library))
                return false;
        } else {
            if (kept++ == 0)
                first_moved = at - begin;
            else {
                Elf64_Verneed before;
                GET(image, last, &before);
                before.vn_next = (Elf64_Word)(at - last);
                PUT(image, last, &before);
            }
            last = at;
        }
        if (library.vn_next == 0)
            break;
        at += library.vn_next;
    }
    if (kept == 0)
        return false;
    Elf64_Verneed end;
    GET(image, last, &end);
    end.vn_next = 0;
    PUT(image, last, &end);
    set_entry(image, entry, DT_VERNEED, address + first_moved);
    set_entry(image, count_entry, DT_VERNEEDNUM, kept);
    return true;
}

bool cpm_bind(const struct cpm_bind *bind)
{
    struct image image = {.bytes = bind->bytes, .len = bind->len};
    bool bound = false;

    image.gone = cpm_calloc(VERSIONS, sizeof(*image.gone));
    if (!read_segments(&image) || !read_tables(&image))
        goto out;
    if (bind->standin && (!replace_versions(&image, bind->behind) || !replace_needed(&image, bind)))
        goto out;
    if (bind->standin && !read_tables(&image)) /* entries have moved */
        goto out;
    bind_relocations(&image);
    bind_plt(&image);
    bound = true;
out:
    cpm_free(image.gone);
    return bound;
}
