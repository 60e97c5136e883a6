/* power_cut FOLDER: ends the file system that the folder lies on as a power cut would. What was not
 * written yet is lost; only unmounting helps then. For file systems made for the test. */
#include <fcntl.h>
#include <linux/types.h>
#include <stdio.h>
#include <sys/ioctl.h>

#define SHUTDOWN          _IOR('X', 125, __u32) /* ext4's and XFS's */
#define WITHOUT_LOG_FLUSH 2u

int main(int argc, char **argv)
{
    __u32 how = WITHOUT_LOG_FLUSH;
    int fd = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY) : -1;

    if (fd < 0 || ioctl(fd, SHUTDOWN, &how) < 0) {
        perror("power_cut");
        return 1;
    }
    return 0;
}
