/* Whether the engine of this build takes bytecode as runtime/bytecode.c hands it over. Prints the
 * engine's name for itself. A crash is an answer too. */
#include "runtime/bytecode.h"

#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    bool taken = cpm_bytecode_try() && cpm_bytecode_engine() != 0;

    if (taken)
        printf("%u", (unsigned)cpm_bytecode_engine());
    fflush(stdout);
    _Exit(!taken);
}
