# Waits for the end of the test process, then clears the cluster's directory away (home.rs tells why).
trap '' HUP INT TERM
root=$1

# Nobody writes: this ends when the last holder of the other end is gone.
read -r _

# The processes that work in the directory, known by their working directory.
working() {
    find /proc/[0-9]* -maxdepth 1 -name cwd \( -lname "$root" -o -lname "$root/*" \) 2>/dev/null |
        sed 's|^/proc/||; s|/cwd$||'
}

# An immediate shutdown first, in which the server also gives its shared memory back.
patience=150
left=$(working)
[ -z "$left" ] || kill -s QUIT $left 2>/dev/null
while left=$(working) && [ -n "$left" ]; do
    patience=$((patience - 1))
    [ "$patience" -gt 0 ] || kill -s KILL $left 2>/dev/null
    sleep 0.02
done

# A server that was killed leaves its shared memory (line 7: key and identifier) to the next one in its directory.
for lock in "$root/data/postmaster.pid" "$root/disk/data/postmaster.pid"; do
    [ -f "$lock" ] || continue
    segment=$(sed -n '7s/^ *[0-9]*  *\([0-9]*\) *$/\1/p' "$lock")
    [ -z "$segment" ] || ipcrm -m "$segment" 2>/dev/null
done

if grep -q " $root/disk tmpfs " /proc/mounts; then
    umount "$root/disk" 2>/dev/null || umount -l "$root/disk"
fi
rm -rf "$root"
