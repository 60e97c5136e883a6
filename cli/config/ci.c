/* Is this continuous integration, and whose? The variables that the services set (ci-info's list,
 * its best known part). */
#include "cli/config/expand.h"
#include "cli/config/internal.h"

static const struct {
    const char *variable;
    const char *name;
} services[] = {
    {"GITHUB_ACTIONS", "github-actions"},
    {"GITLAB_CI", "gitlab-ci"},
    {"CIRCLECI", "circleci"},
    {"TRAVIS", "travis-ci"},
    {"JENKINS_URL", "jenkins"},
    {"TF_BUILD", "azure-pipelines"},
    {"BUILDKITE", "buildkite"},
    {"APPVEYOR", "appveyor"},
    {"BITBUCKET_COMMIT", "bitbucket-pipelines"},
    {"CODEBUILD_BUILD_ARN", "aws-codebuild"},
    {"DRONE", "drone"},
    {"NETLIFY", "netlify-ci"},
    {"TEAMCITY_VERSION", "teamcity"},
    {"SEMAPHORE", "semaphore"},
    {"CF_PAGES", "cloudflare-pages"},
    {"VERCEL", "vercel"},
};

const char *cpm_ci_name(char *const *environ_)
{
    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        const char *text = cpm_environ_get(environ_, cpm_str(services[i].variable));
        if (text && *text)
            return services[i].name;
    }
    return NULL;
}

bool cpm_in_ci(char *const *environ_)
{
    static const char *const names[] = {
        "CI", "CONTINUOUS_INTEGRATION", "BUILD_NUMBER", "BUILD_ID", "CI_APP_ID", "RUN_ID"};
    const char *ci = cpm_environ_get(environ_, CPM_STR("CI"));
    if (ci && strcmp(ci, "false") == 0)
        return false;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *text = cpm_environ_get(environ_, cpm_str(names[i]));
        if (text && *text)
            return true;
    }
    return cpm_ci_name(environ_) != NULL;
}

bool cpm_config_is_ci(const struct cpm_config *c)
{
    return cpm_in_ci(c->in.environ_);
}
