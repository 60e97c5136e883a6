#include "install/pack_folder.h"

#include "registry/publish/pack.h"

int cpm_folder_prepare(const struct cpm_script_package *package,
                       const struct cpm_script_options *opts, struct cpm_error *err)
{
    struct cpm_script_job job = {
        .script = {.package = package,
                   .event = "prepare",
                   .command = cpm_json_get_str(cpm_script_table(package), "prepare")}};
    struct cpm_script_batch batch = {.jobs = &job, .count = 1, .opts = opts};
    int rc;

    if (!job.script.command.len)
        return 0;
    rc = cpm_script_run(&batch, err);
    cpm_script_job_release(&job);
    return rc;
}

int cpm_pack_into_store(struct cpm_store *store, const struct cpm_script_package *package,
                        struct cpm_str name, const struct cpm_store_entry **out,
                        struct cpm_error *err)
{
    const struct cpm_packlist_options opts = {.path = package->path};
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_packed packed = {0};
    struct cpm_packlist list;
    struct cpm_store_add add = {.name = name};
    int rc = cpm_packlist_read(&arena, &opts, &list, err);

    if (rc == 0)
        rc = cpm_pack_folder(&arena, package->path, &list,
                             cpm_json_get(package->json, CPM_STR("bin")), &packed, err);
    if (rc == 0) {
        add.bytes = cpm_str_n(packed.tarball, packed.size);
        add.integrity = cpm_str(packed.integrity);
        *out = cpm_store_find(store, add.integrity);
        if (!*out)
            rc = cpm_store_add(store, &add, out, err);
    }
    cpm_packed_release(&packed);
    cpm_arena_release(&arena);
    return rc;
}
