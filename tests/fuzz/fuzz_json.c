/* Bytes: a JSON text. The checker and the tree agree on what is JSON; what is written from a tree
 * reads back to the same text; the pull reader skips exactly what the checker accepts; a manifest
 * can be made of anything. */
#include "lockfile/manifest.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
    if (!ok)
        abort();
}

static void write_to(struct cpm_buf *out, const struct cpm_json *doc, const char *indent)
{
    cpm_json_write(doc, cpm_str(indent), CPM_STR("\n"), out);
    require(!out->overflow);
}

static void try_round_trip(const struct cpm_json *doc, const char *indent)
{
    struct cpm_buf once = CPM_BUF_INIT(256u << 20), twice = once;
    struct cpm_json *again = NULL;

    write_to(&once, doc, indent);
    require(cpm_json_parse(cpm_buf_str(&once), "once", 0, &again, NULL) == 0);
    write_to(&twice, again, indent);
    require(cpm_str_eq(cpm_buf_str(&once), cpm_buf_str(&twice)));
    cpm_json_free(again);
    cpm_buf_release(&once);
    cpm_buf_release(&twice);
}

static void try_manifest(struct cpm_str text, enum cpm_manifest_from from)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_manifest_source src = {.names = cpm_names_new(), .arena = &arena, .from = from};
    struct cpm_jsonread r;
    struct cpm_manifest m;

    cpm_jsonread_init(&r, text, "manifest", &arena);
    cpm_manifest_read(&r, &src, &m);
    cpm_jsonread_finish(&r, NULL);
    cpm_names_free(src.names);
    cpm_arena_release(&arena);
}

static bool skips(struct cpm_str text)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_jsonread r;
    bool ok;

    cpm_jsonread_init(&r, text, "skip", &arena);
    cpm_jsonread_skip(&r);
    ok = cpm_jsonread_finish(&r, NULL) == 0;
    cpm_arena_release(&arena);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cpm_str text = cpm_str_n((const char *)data, size);
    struct cpm_json *doc = NULL, *lax = NULL;
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_json_style style;
    bool good = cpm_json_parse(text, "text", 0, &doc, &err) == 0;
    bool good_lax = cpm_json_parse(text, "text", CPM_JSON_LAST_WINS, &lax, NULL) == 0;

    require(good == (cpm_json_check(text, "text", NULL) == 0));
    require(good_lax == skips(text));
    require(!good || good_lax);
    require(good || err.text[0]);
    if (good_lax) {
        try_round_trip(lax, "");
        try_round_trip(lax, "  ");
    }
    cpm_json_style_detect(text, &style);
    try_manifest(text, CPM_MANIFEST_DIRECTORY);
    try_manifest(text, CPM_MANIFEST_REGISTRY_FULL);
    cpm_json_free(doc);
    cpm_json_free(lax);
    return 0;
}
