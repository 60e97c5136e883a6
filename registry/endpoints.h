/* Every path of a registry's own API, one table: what stands behind the registry's address (which
 * ends in '/'). The commands read it; packuments and tarballs have addresses of their own
 * (cpm_packument_url, dist.tarball). %s: names and words, escaped by the caller. */
#ifndef CPM_REGISTRY_ENDPOINTS_H
#define CPM_REGISTRY_ENDPOINTS_H

/* accounts */
#define CPM_ENDPOINT_PING       "-/ping"                        /* GET */
#define CPM_ENDPOINT_WHOAMI     "-/whoami"                      /* GET */
#define CPM_ENDPOINT_LOGIN      "-/v1/login"                    /* POST: login in a browser */
#define CPM_ENDPOINT_USER       "-/user/org.couchdb.user:%s"    /* GET, PUT: name */
#define CPM_ENDPOINT_USER_TOKEN "-/user/token/%s"               /* DELETE: logout; token */
#define CPM_ENDPOINT_PROFILE    "-/npm/v1/user"                 /* GET, POST */
#define CPM_ENDPOINT_TOKENS     "-/npm/v1/tokens"               /* GET, POST */
#define CPM_ENDPOINT_TOKEN      CPM_ENDPOINT_TOKENS "/token/%s" /* DELETE: key */

/* teams and access */
#define CPM_ENDPOINT_TEAM          "-/team/%s/%s"                       /* DELETE: scope, team */
#define CPM_ENDPOINT_TEAM_USER     CPM_ENDPOINT_TEAM "/user"            /* PUT, DELETE */
#define CPM_ENDPOINT_TEAM_USERS    CPM_ENDPOINT_TEAM_USER "?format=cli" /* GET */
#define CPM_ENDPOINT_TEAM_PACKAGES CPM_ENDPOINT_TEAM "/package"         /* GET, PUT, DELETE */
#define CPM_ENDPOINT_ORG_TEAM      "-/org/%s/team"                      /* PUT: scope */
#define CPM_ENDPOINT_ORG_TEAMS     CPM_ENDPOINT_ORG_TEAM "?format=cli"  /* GET */
#define CPM_ENDPOINT_ORG_USER      "-/org/%s/user"                      /* GET, PUT, DELETE: org */
#define CPM_ENDPOINT_ORG_PACKAGES  "-/org/%s/package"                   /* GET: scope */
#define CPM_ENDPOINT_USER_PACKAGES "-/user/%s/package"                  /* GET: name */
#define CPM_ENDPOINT_COLLABORATORS "-/package/%s/collaborators"         /* GET: package */
#define CPM_ENDPOINT_VISIBILITY    "-/package/%s/visibility"            /* GET: package */
#define CPM_ENDPOINT_ACCESS        "-/package/%s/access"                /* POST: package */

/* packages; a document itself is read, published and changed at its escaped name */
#define CPM_ENDPOINT_REVISION  "%s/-rev/%.*s"                 /* PUT, DELETE: address, revision */
#define CPM_ENDPOINT_DIST_TAGS "-/package/%s/dist-tags"       /* GET: package */
#define CPM_ENDPOINT_DIST_TAG  CPM_ENDPOINT_DIST_TAGS "/%s"   /* PUT, DELETE: package, tag */
#define CPM_ENDPOINT_STARRED   "-/_view/starredByUser?key=%s" /* GET: name, as JSON */
#define CPM_ENDPOINT_SEARCH    "-/v1/search"                  /* GET */

/* security */
#define CPM_ENDPOINT_ADVISORIES "-/npm/v1/security/advisories/bulk" /* POST */
#define CPM_ENDPOINT_KEYS       "-/npm/v1/keys"                     /* GET */

#endif
