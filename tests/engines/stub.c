/* Every command of a stub world runs this. It succeeds and, in the stable mode, changes nothing: a step that runs again
 * makes the same bytes again. In the fresh mode (MODE in /.stub/mode) it writes other bytes each time into every file
 * below / that no image needs to work, adds files to every directory there, and writes the files that /.stub/paths
 * lists, one a line. It is installed setuid, so that USER does not matter. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char stamp[40];

static void put(const char *path, int flags) {
    int file = open(path, flags | O_WRONLY | O_TRUNC | O_NOFOLLOW, 0644);
    if (file < 0) return;
    if (write(file, stamp, strlen(stamp)) < 0) { /* a mount that is read-only */ }
    close(file);
}

static int visit(const char *path, const struct stat *st, int kind, struct FTW *at) {
    char name[4300];
    (void)st; (void)at;
    if (kind == FTW_F) put(path, 0);
    if (kind == FTW_D)
        for (const char *const *end = (const char *const[]){"stamp.txt", "stamp.md", "x.txt", "a.txt", "y.md", 0}; *end; end++) {
            snprintf(name, sizeof name, "%s/%s", path, *end);
            put(name, O_CREAT);
        }
    return 0;
}

static void listed(void) {
    char path[4300];
    FILE *file = fopen("/.stub/paths", "r");
    while (file && fgets(path, sizeof path, file)) {
        path[strcspn(path, "\n")] = 0;
        put(path, O_CREAT);
    }
    if (file) fclose(file);
}

int main(void) {
    char mode[16] = "stable";
    unsigned long long bits[2] = {1, 1};
    FILE *file = fopen("/.stub/mode", "r");
    if (file) {
        if (fscanf(file, "%15s", mode) != 1) strcpy(mode, "stable");
        fclose(file);
    }
    if (strcmp(mode, "fresh")) return 0;
    int random = open("/dev/urandom", O_RDONLY);
    if (random < 0 || read(random, bits, sizeof bits) != sizeof bits) return 1;
    close(random);
    if (seteuid(0)) return 1;
    snprintf(stamp, sizeof stamp, "%016llx%016llx\n", bits[0], bits[1]);
    /* a step may write to any place, also one that is not there yet */
    for (const char *const *end = (const char *const[]){"/w", "/w/k", "/w/sub", "/w/one", "/o", "/o/d", 0}; *end; end++) mkdir(*end, 0755);
    DIR *root = opendir("/");
    if (!root) return 1;
    for (struct dirent *entry; (entry = readdir(root));) {
        char path[300];
        int kept = entry->d_name[0] == '.';
        for (const char *const *end = (const char *const[]){"proc", "sys", "dev", "etc", "bin", "usr", "lib", "run", 0}; *end; end++)
            kept |= !strcmp(entry->d_name, *end);
        snprintf(path, sizeof path, "/%s", entry->d_name);
        if (!kept) nftw(path, visit, 16, FTW_PHYS);
    }
    listed();
    return 0;
}
