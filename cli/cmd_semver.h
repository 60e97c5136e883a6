/* cpm semver: node-semver's command line over semver/. Reads no configuration. */
#ifndef CPM_CLI_CMD_SEMVER_H
#define CPM_CLI_CMD_SEMVER_H

/* argv[0] is the command's name. Prints; gives the exit code. */
int cpm_cmd_semver(int argc, char **argv);

#endif
