/* init without an initializer: read, fill in, clean up as npm does, show, write. */
#include "base/fs.h"
#include "base/path.h"
#include "cli/config/config.h"
#include "cli/init.h"
#include "cli/prompt.h"
#include "cli/term.h"
#include "registry/publish/normalize.h"
#include "semver/version.h"

static const char *const intro =
    "This utility will walk you through creating a package.json file.\n"
    "It only covers the most common items, and tries to guess sensible defaults.\n"
    "\n"
    "See `cpm help init` for definitive documentation on these fields and exactly what they do.\n"
    "\n"
    "Use `cpm install <pkg>` afterwards to install a package and save it as a dependency in the "
    "package.json file.\n"
    "\n"
    "Press ^C at any time to quit.";

/* npm's order of the keys of a package.json that somebody has answered for. */
static struct cpm_json *sorted(const struct cpm_json *doc)
{
    static const char *const keys[] = {
        "name",
        "version",
        "private",
        "description",
        "keywords",
        "homepage",
        "bugs",
        "repository",
        "funding",
        "license",
        "author",
        "maintainers",
        "contributors",
        "type",
        "imports",
        "exports",
        "main",
        "browser",
        "types",
        "bin",
        "man",
        "directories",
        "files",
        "workspaces",
        "scripts",
        "config",
        "dependencies",
        "devDependencies",
        "peerDependencies",
        "peerDependenciesMeta",
        "optionalDependencies",
        "bundledDependencies",
        "bundleDependencies",
        "engines",
        "os",
        "cpu",
        "publishConfig",
        "devEngines",
        "licenses",
        "overrides",
    };
    struct cpm_json *out = cpm_json_new_object();

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const struct cpm_json *v = cpm_json_get(doc, cpm_str(keys[i]));

        if (v)
            cpm_json_set(out, cpm_str(keys[i]), cpm_json_copy(v));
    }
    CPM_JSON_EACH (doc, v)
        if (!cpm_json_get(out, cpm_json_key(v)))
            cpm_json_set(out, cpm_json_key(v), cpm_json_copy(v));
    return out;
}

/* A person with no more than a name is a text again, as people write it. */
static void unfold_author(struct cpm_init *init)
{
    const struct cpm_json *a = cpm_json_get(init->package.doc, CPM_STR("author"));
    struct cpm_str email = cpm_json_get_str(a, "email"), url = cpm_json_get_str(a, "url");

    if (!cpm_json_is(a, CPM_JSON_OBJECT))
        return;
    if (!email.len)
        email = cpm_json_get_str(a, "mail");
    if (cpm_json_get_str(a, "web").len && !url.len)
        url = cpm_json_get_str(a, "web");
    cpm_json_set_str(
        init->package.doc, "author",
        cpm_str(cpm_arena_printf(init->cli->arena, "%.*s%s%.*s%s%s%.*s%s",
                                 CPM_STR_ARG(cpm_json_get_str(a, "name")), email.len ? " <" : "",
                                 CPM_STR_ARG(email), email.len ? ">" : "", url.len ? " (" : "",
                                 CPM_STR_ARG(url), url.len ? ")" : "")));
}

static void drop(struct cpm_init *init, const char *key)
{
    cpm_json_del(init->package.doc, cpm_str(key));
}

static int clean(struct cpm_init *init, struct cpm_error *err)
{
    struct cpm_json *doc = init->package.doc;
    struct cpm_normalize n = {.arena = init->cli->arena, .folder = init->folder, .doc = doc};
    int rc = cpm_normalize_init(&n, err);

    if (rc < 0)
        return rc;
    unfold_author(init);
    drop(init, "readme");
    drop(init, "readmeFilename");
    drop(init, "_id");
    if (!cpm_json_truthy(cpm_json_get(doc, CPM_STR("repository"))))
        drop(init, "repository");
    CPM_JSON_EACH (cpm_json_get(doc, CPM_STR("optionalDependencies")), v)
        cpm_json_del(cpm_json_get(doc, CPM_STR("dependencies")), cpm_json_key(v));
    if (cpm_json_get(doc, CPM_STR("dependencies")) &&
        !cpm_json_count(cpm_json_get(doc, CPM_STR("dependencies"))))
        drop(init, "dependencies");
    return 0;
}

static void show(struct cpm_init *init, const char *what)
{
    struct cpm_buf text = CPM_BUF_INIT(CPM_PACKAGE_MAX);

    cpm_buf_addf(&text, "%s %s:\n\n", what, init->package.file);
    cpm_json_write(init->package.doc, CPM_STR("  "), CPM_STR("\n"), &text);
    cpm_buf_add_text(&text, "\n\n");
    cpm_term_out(init->cli->term, cpm_buf_str(&text));
    cpm_buf_release(&text);
}

static int write(struct cpm_init *init, struct cpm_error *err)
{
    const char *answer = "yes";
    struct cpm_json *doc;
    int rc = 0;

    if (init->yes) {
        if ((rc = cpm_package_save_whole(&init->package, false, err)) == 0)
            show(init, "Wrote to");
        return rc;
    }
    show(init, "About to write to");
    rc = cpm_prompt(init->cli, "Is this OK? (yes)", false, answer, &answer, err);
    if (rc == 0 && *answer != 'y' && *answer != 'Y') {
        cpm_term_out(init->cli->term, CPM_STR("Aborted."));
        return 0;
    }
    if (rc == 0) {
        doc = sorted(init->package.doc);
        cpm_json_free(init->package.doc);
        init->package.doc = doc;
    }
    return rc < 0 ? rc : cpm_package_save_whole(&init->package, false, err);
}

/* npm would run it; it takes a JavaScript engine, and npm's own questions do without. */
static void warn_of_module(struct cpm_init *init)
{
    const char *module = cpm_config_str(init->cli->config, "init-module");

    if (module && cpm_fs_exists(module))
        cpm_term_log(init->cli->term, CPM_LOG_WARN, "init",
                     "'%s' is not run: cpm asks npm's own questions", module);
}

static int make(struct cpm_init *init, struct cpm_error *err)
{
    struct cpm_normalize n = {.arena = init->cli->arena, .doc = init->package.doc};
    struct cpm_version v;
    int rc;

    cpm_normalize_read(&n);
    if (!cpm_version_parse(cpm_json_get_str(init->package.doc, "version"), 0, &v))
        drop(init, "version");
    if ((rc = cpm_init_fields(init, err)) < 0 || (rc = clean(init, err)) < 0)
        return rc;
    return write(init, err);
}

int cpm_init_template(struct cpm_cli *cli, const char *folder, int *exit_code,
                      struct cpm_error *err)
{
    struct cpm_init init = {.cli = cli, .folder = folder};
    struct cpm_error fault = CPM_ERROR_INIT;
    int rc;

    warn_of_module(&init);
    init.yes = cpm_config_bool(cli->config, "yes") || cpm_config_bool(cli->config, "force");
    if (!init.yes)
        cpm_term_out(cli->term, cpm_str(intro));
    rc = cpm_package_read(cpm_path_join(cli->arena, folder, "package.json"), cli->arena,
                          &init.package, err);
    if (rc < 0)
        return rc;
    cpm_init_list_folder(cli->arena, folder, &init.files);
    rc = make(&init, &fault);
    cpm_package_release(&init.package);
    if (rc == CPM_ECANCELED) {
        cpm_term_log(cli->term, CPM_LOG_WARN, "init", "canceled");
        *exit_code = 1;
        return 0;
    }
    if (rc < 0 && err)
        *err = fault;
    return rc;
}
