/* Bytes: a bit that says whether libraries are replaced, then changes of 12 bytes each to an object
 * that is whole: where (from the file's beginning, or in the tables that the linker reads), and the
 * eight bytes that stand there then. The object is this program. Whatever they are, binding ends
 * and stays inside. */
#include "base/mem.h"
#include "runtime/open/bind.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHANGE = 12, OBJECT_MAX = 64 << 20 };

static char *object;
static size_t object_len, dynamic_at, dynamic_len;

static void read_object(void)
{
    FILE *file = fopen("/proc/self/exe", "rb");
    Elf64_Ehdr head;

    object = cpm_alloc(OBJECT_MAX);
    object_len = file ? fread(object, 1, OBJECT_MAX, file) : 0;
    if (object_len < sizeof(head))
        abort();
    fclose(file);
    memcpy(&head, object, sizeof(head));
    for (unsigned i = 0; i < head.e_phnum; i++) {
        Elf64_Phdr entry;
        memcpy(&entry, object + head.e_phoff + i * sizeof(entry), sizeof(entry));
        if (entry.p_type == PT_DYNAMIC) {
            dynamic_at = entry.p_offset;
            dynamic_len = entry.p_filesz;
        }
    }
}

static void change(char *bytes, const uint8_t *data)
{
    uint32_t where;

    memcpy(&where, data, sizeof(where));
    size_t from = where & 1 ? dynamic_at : 0, room = where & 1 ? dynamic_len : object_len;
    size_t at = from + (where >> 1) % (room - 7);
    memcpy(bytes + at, data + sizeof(where), 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!object)
        read_object();
    char *bytes = cpm_alloc(object_len);
    const struct cpm_bind bind = {.bytes = bytes,
                                  .len = object_len,
                                  .standin = size > 0 && (data[0] & 1) ? "x.so" : NULL,
                                  .behind = CPM_STR("libm.so.6:libdl.so.2:libgcc_s.so.1")};
    memcpy(bytes, object, object_len);
    for (size_t at = 1; at + CHANGE <= size; at += CHANGE)
        change(bytes, data + at);
    (void)cpm_bind(&bind);
    cpm_free(bytes);
    return 0;
}
