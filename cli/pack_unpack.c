/* A tarball is read where it is: the members' sizes and modes for the report, package.json for the
 * name. */
#include "cli/pack_unpack.h"

#include "base/fs.h"
#include "base/mem.h"
#include "cli/config/config.h"
#include "install/archive.h"
#include "install/inflate.h"
#include "semver/package_absent.h"

#define TARBALL_MAX (512u << 20)
#define FILES_MAX   (1u << 20)

static int read_file(struct cpm_pack_run *run, char **bytes, size_t *size, struct cpm_error *err)
{
    struct cpm_arena scratch = CPM_ARENA_INIT;
    struct cpm_str text;
    const char *path = cpm_arena_str(run->cli->arena, run->spec.fetch).ptr;
    int rc = cpm_fs_read(path, TARBALL_MAX, &scratch, &text, err);
    if (rc == 0) {
        *bytes = cpm_alloc(text.len + 1);
        memcpy(*bytes, text.ptr, text.len);
        *size = text.len;
    }
    cpm_arena_release(&scratch);
    return rc;
}

static int fetch_registry(struct cpm_pack_run *run, char **bytes, size_t *size,
                          struct cpm_error *err)
{
    struct cpm_arena *arena = run->cli->arena;
    const struct cpm_spec *spec = run->spec.sub ? run->spec.sub : &run->spec;
    const struct cpm_packument *packument;
    struct cpm_names *names = cpm_names_new();
    struct cpm_pick_options pick = CPM_PICK_INIT;
    const char *tag = cpm_config_str(run->cli->config, "tag");
    uint32_t index;
    pick.default_tag = cpm_str(tag ? tag : "latest");
    int rc = cpm_net_packument(run->net, spec->name, false, &packument, err);
    rc = rc < 0 ? cpm_package_absent(err, spec->name, spec->raw_spec)
                : cpm_pick(packument, spec, &pick, &index, err);
    if (rc == 0) {
        const struct cpm_manifest *m = cpm_packument_manifest(packument, index, names, arena);
        rc = cpm_net_tarball(run->net, m->tarball, m->integrity, bytes, size, err);
    }
    cpm_names_free(names);
    return rc;
}

static int read_bytes(struct cpm_pack_run *run, char **bytes, size_t *size, struct cpm_error *err)
{
    const struct cpm_spec *spec = &run->spec;
    if (spec->type == CPM_SPEC_FILE)
        return read_file(run, bytes, size, err);
    int rc = cpm_net_open(run->cli, run->net, err);
    if (rc < 0)
        return rc;
    if (spec->type == CPM_SPEC_REMOTE)
        return cpm_net_tarball(run->net, spec->fetch, CPM_STR(""), bytes, size, err);
    return fetch_registry(run, bytes, size, err);
}

static int add_entry(struct cpm_pack_run *run, const struct cpm_archive_entry *entry,
                     struct cpm_error *err)
{
    struct cpm_packed *p = &run->packed;
    size_t slash = cpm_str_chr(entry->path, '/');
    struct cpm_str path =
        cpm_str_sub(entry->path, slash == CPM_NPOS ? 0 : slash + 1, entry->path.len);
    if (entry->type != CPM_ARCHIVE_FILE)
        return 0;
    if (p->count >= FILES_MAX)
        return cpm_error_set(err, CPM_ETOOBIG, "the tarball has more than %u files", FILES_MAX);
    p->files[p->count++] = (struct cpm_packed_file){.path = cpm_arena_str(run->cli->arena, path),
                                                    .size = entry->data.len,
                                                    .mode = entry->executable ? 0755 : 0644};
    p->unpacked += entry->data.len;
    if (!cpm_str_is(path, "package.json") || run->package.json)
        return 0;
    return cpm_json_parse(entry->data, "package.json", CPM_JSON_LAST_WINS, &run->package.json, err);
}

static int read_entries(struct cpm_pack_run *run, struct cpm_str tar, struct cpm_error *err)
{
    struct cpm_archive *archive = NULL;
    struct cpm_archive_entry entry;
    int rc = cpm_archive_open(tar, run->cli->arena, &archive, err);
    if (rc < 0)
        return rc;
    run->packed.files = CPM_NEW_ARRAY(run->cli->arena, struct cpm_packed_file, tar.len / 512 + 1);
    while ((rc = cpm_archive_next(archive, &entry, err)) > 0)
        if ((rc = add_entry(run, &entry, err)) < 0)
            break;
    cpm_archive_free(archive);
    return rc;
}

static void identify(struct cpm_pack_run *run)
{
    struct cpm_script_package *package = &run->package;
    struct cpm_str version = cpm_json_get_str(package->json, "version");
    package->path = run->cli->cwd;
    package->name = cpm_json_get_str(package->json, "name");
    if (package->name.len && version.len)
        package->id = cpm_arena_printf(run->cli->arena, "%.*s@%.*s", CPM_STR_ARG(package->name),
                                       CPM_STR_ARG(version));
}

int cpm_pack_fetch(struct cpm_pack_run *run, struct cpm_error *err)
{
    struct cpm_inflated tar = {0};
    char *bytes = NULL;
    size_t size = 0;
    int rc = read_bytes(run, &bytes, &size, err);
    if (rc < 0)
        return rc;
    rc = cpm_packed_from(run->cli->arena, bytes, size, &run->packed, err);
    if (rc == 0)
        rc = cpm_inflate(cpm_str_n(bytes, size), &tar, err);
    if (rc == 0)
        rc = read_entries(run, tar.bytes, err);
    if (rc == 0)
        identify(run);
    cpm_free(tar.owned);
    return rc;
}
