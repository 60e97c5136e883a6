/* measure OUT COMMAND ARG…: runs a command without output and appends one line of JSON to OUT: wall
 * and CPU seconds (user + system, with all children), the largest resident size in KiB of any of
 * them, how it ended, and the wall seconds until all that it wrote is on the disk ("disk": of the
 * present folder's file system). As a subreaper it also counts what a command leaves behind for a
 * moment. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void run(char **argv)
{
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    execvp(argv[0], argv);
    perror(argv[0]);
    _exit(127);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: measure OUT COMMAND [ARG...]\n");
        return 2;
    }
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    double start = now();
    pid_t child = fork();
    if (child < 0) {
        perror("fork");
        return 1;
    }
    if (child == 0)
        run(argv + 2);
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        ;
    double wall = now() - start;
    int here = open(".", O_RDONLY | O_DIRECTORY);
    if (here < 0 || syncfs(here) < 0)
        perror("sync");
    double disk = now() - start;
    while (waitpid(-1, NULL, 0) > 0)
        ;
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    FILE *out = fopen(argv[1], "a");
    if (!out) {
        perror(argv[1]);
        return 1;
    }
    fprintf(out, "{\"wall\":%.4f,\"disk\":%.4f,\"cpu\":%.4f,\"rss\":%ld,\"exit\":%d}\n", wall, disk,
            seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss, code);
    fclose(out);
    return code;
}
