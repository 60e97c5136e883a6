/* The program: argv in, exit code out. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
    return cpm_cli_main(argc, argv);
}
