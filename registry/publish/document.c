/* npm's own order of keys, so that what a registry stores is the same text. The address of the
 * tarball is written with http: a registry puts its own in front of what it serves. */
#include "registry/publish/document.h"

#include "base/digest.h"

static struct cpm_json *dist(struct cpm_arena *arena, const struct cpm_document_input *in,
                             const char *file)
{
    const struct cpm_json *old = cpm_json_get(in->manifest, CPM_STR("dist"));
    struct cpm_json *out =
        cpm_json_is(old, CPM_JSON_OBJECT) ? cpm_json_copy(old) : cpm_json_new_object();
    struct cpm_str name = cpm_json_get_str(in->manifest, "name");
    struct cpm_str base = cpm_str(in->registry);
    const char *scheme = cpm_str_starts(base, "https://") ? "http://" : "";
    if (*scheme)
        base = cpm_str_sub(base, strlen("https://"), base.len);
    cpm_json_set_str(out, "integrity", cpm_str(in->packed->integrity));
    cpm_json_set_str(out, "shasum", cpm_str(in->packed->shasum));
    cpm_json_set_str(out, "tarball",
                     cpm_str(cpm_arena_printf(arena, "%s%.*s%.*s/-/%s", scheme, CPM_STR_ARG(base),
                                              CPM_STR_ARG(name), file)));
    return out;
}

static struct cpm_json *version_manifest(struct cpm_arena *arena,
                                         const struct cpm_document_input *in, const char *file)
{
    struct cpm_json *m = cpm_json_copy(in->manifest);
    if (in->node_version && *in->node_version)
        cpm_json_set_str(m, "_nodeVersion", cpm_str(in->node_version));
    if (in->npm_version)
        cpm_json_set_str(m, "_npmVersion", cpm_str(in->npm_version));
    cpm_json_set_str(m, "_id",
                     cpm_str(cpm_arena_printf(
                         arena, "%.*s@%.*s", CPM_STR_ARG(cpm_json_get_str(in->manifest, "name")),
                         CPM_STR_ARG(cpm_json_get_str(in->manifest, "version")))));
    cpm_json_set(m, CPM_STR("dist"), dist(arena, in, file));
    return m;
}

static struct cpm_json *attachment(const char *type, struct cpm_str data, size_t length)
{
    struct cpm_json *out = cpm_json_new_object();
    cpm_json_set_str(out, "content_type", cpm_str(type));
    cpm_json_set_str(out, "data", data);
    cpm_json_set(out, CPM_STR("length"), cpm_json_new_number((double)length));
    return out;
}

static int add_provenance(struct cpm_arena *arena, const struct cpm_document_input *in,
                          struct cpm_json *attachments, struct cpm_error *err)
{
    struct cpm_json *bundle = NULL;
    struct cpm_buf text = CPM_BUF_INIT(64u << 20);
    int rc = cpm_json_parse(cpm_str(in->provenance), "provenance file", CPM_JSON_LAST_WINS, &bundle,
                            err);
    if (rc < 0)
        return rc;
    cpm_json_write(bundle, CPM_STR(""), CPM_STR(""), &text);
    const char *type = cpm_arena_str(arena, cpm_json_get_str(bundle, "mediaType")).ptr;
    const char *file = cpm_arena_printf(arena, "%.*s-%.*s.sigstore",
                                        CPM_STR_ARG(cpm_json_get_str(in->manifest, "name")),
                                        CPM_STR_ARG(cpm_json_get_str(in->manifest, "version")));
    cpm_json_set(attachments, cpm_str(file), attachment(type, cpm_buf_str(&text), text.len));
    cpm_buf_release(&text);
    cpm_json_free(bundle);
    return 0;
}

static struct cpm_json *attachments(struct cpm_arena *arena, const struct cpm_document_input *in,
                                    const char *file)
{
    struct cpm_json *out = cpm_json_new_object();
    const char *data = cpm_base64(arena, in->packed->tarball, in->packed->size);
    cpm_json_set(out, cpm_str(file),
                 attachment("application/octet-stream", cpm_str(data), in->packed->size));
    return out;
}

int cpm_document_new(struct cpm_arena *arena, const struct cpm_document_input *in,
                     struct cpm_json **out, struct cpm_error *err)
{
    struct cpm_json *doc = cpm_json_new_object(), *tags = cpm_json_new_object();
    struct cpm_json *versions = cpm_json_new_object(), *files;
    struct cpm_str name = cpm_json_get_str(in->manifest, "name");
    struct cpm_str version = cpm_json_get_str(in->manifest, "version");
    struct cpm_str own_tag = cpm_json_get_str(in->manifest, "tag");
    const struct cpm_json *description = cpm_json_get(in->manifest, CPM_STR("description"));
    const char *file =
        cpm_arena_printf(arena, "%.*s-%.*s.tgz", CPM_STR_ARG(name), CPM_STR_ARG(version));
    cpm_json_set_str(doc, "_id", name);
    cpm_json_set_str(doc, "name", name);
    if (description)
        cpm_json_set(doc, CPM_STR("description"), cpm_json_copy(description));
    cpm_json_set(tags, own_tag.len ? own_tag : cpm_str(in->tag), cpm_json_new_str(version));
    cpm_json_set(doc, CPM_STR("dist-tags"), tags);
    cpm_json_set(versions, version, version_manifest(arena, in, file));
    cpm_json_set(doc, CPM_STR("versions"), versions);
    cpm_json_set(doc, CPM_STR("access"),
                 in->access ? cpm_json_new_str(cpm_str(in->access)) : cpm_json_new_null());
    files = attachments(arena, in, file);
    cpm_json_set(doc, CPM_STR("_attachments"), files);
    *out = doc;
    int rc = in->provenance ? add_provenance(arena, in, files, err) : 0;
    if (rc < 0)
        cpm_json_free(doc);
    return rc;
}
