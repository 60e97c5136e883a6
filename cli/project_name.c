#include "cli/project_name.h"

#include "base/fs.h"
#include "base/path.h"

#define PACKAGE_MAX (64u << 20)

/* Only what a registry must know of the package: nothing is normalised. */
int cpm_project_read(struct cpm_cli *cli, const char *folder, struct cpm_json **out,
                     struct cpm_error *err)
{
    const char *file = cpm_path_join(cli->arena, folder, "package.json");
    struct cpm_str text;
    int rc = cpm_fs_read(file, PACKAGE_MAX, cli->arena, &text, err);
    return rc < 0 ? rc : cpm_json_parse(text, file, CPM_JSON_LAST_WINS, out, err);
}

int cpm_project_name(struct cpm_cli *cli, const char *folder, const char **name,
                     struct cpm_error *err)
{
    struct cpm_json *doc = NULL;
    struct cpm_error fault = CPM_ERROR_INIT;
    int rc = cpm_project_read(cli, folder, &doc, &fault);
    struct cpm_str text = cpm_arena_str(cli->arena, cpm_json_get_str(doc, "name"));
    cpm_json_free(doc);
    if (rc == CPM_EJSONPARSE)
        return cpm_error_set(err, rc, "%s", fault.text);
    if (rc < 0 || !text.len)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    *name = text.ptr;
    return 0;
}
