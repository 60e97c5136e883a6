/* The hosts as data. In a template "%x" stands for a value:
 *
 *     %d domain   %u user   %p project   %t type     %# committish   %a auth
 *     %c committish encoded   %C the same, HEAD when none
 *     %U user/project encoded as one
 *     %T treepath   %B blobpath   %E editpath   %P path
 *     %h the fragment as the host anchors it   %H the path so anchored
 *
 * and "(…)" for what is left out whole when one of its values is empty. */
#include "semver/hosted.h"

static const char *const common[CPM_HOSTED_URLS] = {
    [CPM_HOSTED_SSH] = "git@%d:%u/%p.git(#%#)",
    [CPM_HOSTED_SSHURL] = "git+ssh://git@%d/%u/%p.git(#%#)",
    [CPM_HOSTED_HTTPS] = "git+https://(%a@)%d/%u/%p.git(#%#)",
    [CPM_HOSTED_GIT] = "",
    [CPM_HOSTED_SHORTCUT] = "%t:%u/%p(#%#)",
    [CPM_HOSTED_PATH] = "%u/%p(#%#)",
    [CPM_HOSTED_TARBALL] = "",
    [CPM_HOSTED_BROWSE] = "https://%d/%u/%p(/%T/%c)",
    [CPM_HOSTED_BROWSE_TREE] = "https://%d/%u/%p/%T/%C/%P(#%h)",
    [CPM_HOSTED_BROWSE_FILE] = "https://%d/%u/%p/%B/%C/%P(#%h)",
    [CPM_HOSTED_DOCS] = "https://%d/%u/%p(/%T/%c)#readme",
    [CPM_HOSTED_BUGS] = "https://%d/%u/%p/issues",
    [CPM_HOSTED_FILE] = "https://%d/%u/%p/raw/%C/%P",
    [CPM_HOSTED_EDIT] = "https://%d/%u/%p(/%E/%C/%P)",
};

static const struct cpm_host hosts[] = {
    {
        .name = "github",
        .domain = "github.com",
        .protocols = {"git:", "http:", "git+ssh:", "git+https:", "ssh:", "https:"},
        .treepath = "tree",
        .blobpath = "blob",
        .editpath = "edit",
        .shape = CPM_HOST_GITHUB,
        .templates =
            {
                [CPM_HOSTED_FILE] = "https://(%a@)raw.githubusercontent.com/%u/%p/%C/%P",
                [CPM_HOSTED_GIT] = "git://(%a@)%d/%u/%p.git(#%#)",
                [CPM_HOSTED_TARBALL] = "https://codeload.%d/%u/%p/tar.gz/%C",
            },
    },
    {
        .name = "bitbucket",
        .domain = "bitbucket.org",
        .protocols = {"git+ssh:", "git+https:", "ssh:", "https:"},
        .treepath = "src",
        .blobpath = "src",
        .editpath = "?mode=edit",
        .refused = "get",
        .templates =
            {
                [CPM_HOSTED_EDIT] = "https://%d/%u/%p(/%T/%C/%P%E)",
                [CPM_HOSTED_TARBALL] = "https://%d/%u/%p/get/%C.tar.gz",
            },
    },
    {
        .name = "gitlab",
        .domain = "gitlab.com",
        .protocols = {"git+ssh:", "git+https:", "ssh:", "https:"},
        .treepath = "tree",
        .blobpath = "tree",
        .editpath = "-/edit",
        .shape = CPM_HOST_GITLAB,
        .templates = {[CPM_HOSTED_TARBALL] = "https://%d/api/v4/projects/%U/repository/"
                                             "archive.tar.gz?sha=%C"},
    },
    {
        .name = "gist",
        .domain = "gist.github.com",
        .protocols = {"git:", "git+ssh:", "git+https:", "ssh:", "https:"},
        .editpath = "edit",
        .refused = "raw",
        .shape = CPM_HOST_GIST,
        .templates =
            {
                [CPM_HOSTED_SSH] = "git@%d:%p.git(#%#)",
                [CPM_HOSTED_SSHURL] = "git+ssh://git@%d/%p.git(#%#)",
                [CPM_HOSTED_EDIT] = "https://%d/%u/%p(/%c)/%E",
                [CPM_HOSTED_BROWSE] = "https://%d/%p(/%c)",
                [CPM_HOSTED_BROWSE_TREE] = "https://%d/%p(/%c)(#%H)",
                [CPM_HOSTED_BROWSE_FILE] = "https://%d/%p(/%c)(#%H)",
                [CPM_HOSTED_DOCS] = "https://%d/%p(/%c)",
                [CPM_HOSTED_HTTPS] = "git+https://%d/%p.git(#%#)",
                [CPM_HOSTED_FILE] = "https://gist.githubusercontent.com/%u/%p/raw(/%c)/%P",
                [CPM_HOSTED_SHORTCUT] = "%t:%p(#%#)",
                [CPM_HOSTED_PATH] = "%p(#%#)",
                [CPM_HOSTED_BUGS] = "https://%d/%p",
                [CPM_HOSTED_GIT] = "git://%d/%p.git(#%#)",
                [CPM_HOSTED_TARBALL] = "https://codeload.github.com/gist/%p/tar.gz/%C",
            },
    },
    {
        .name = "sourcehut",
        .domain = "git.sr.ht",
        .protocols = {"git+ssh:", "https:"},
        .treepath = "tree",
        .blobpath = "tree",
        .refused = "archive",
        .templates =
            {
                [CPM_HOSTED_FILE] = "https://%d/%u/%p/blob/%C/%P",
                [CPM_HOSTED_HTTPS] = "https://%d/%u/%p(#%#)",
                [CPM_HOSTED_TARBALL] = "https://%d/%u/%p/archive/%C.tar.gz",
                [CPM_HOSTED_BUGS] = "",
            },
    },
};

const struct cpm_host *cpm_host_row(size_t i)
{
    return i < sizeof(hosts) / sizeof(hosts[0]) ? &hosts[i] : NULL;
}

const char *cpm_host_template(const struct cpm_host *host, enum cpm_hosted_url kind)
{
    return host->templates[kind] ? host->templates[kind] : common[kind];
}
