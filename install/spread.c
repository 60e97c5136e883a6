#include "install/spread.h"

#include <linux/fs.h>
#include <sys/ioctl.h>

void cpm_spread(int dir)
{
    int flags = 0;

    if (ioctl(dir, FS_IOC_GETFLAGS, &flags) < 0)
        return;
    flags |= FS_TOPDIR_FL;
    ioctl(dir, FS_IOC_SETFLAGS, &flags);
}
