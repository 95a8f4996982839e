#!/bin/sh
# The test guest's whole user space. What must be on the disks at each committed number is a rule, not a list, so that a
# stale block cannot bring its own alibi:
#   step N, first on disk 1, then on disk 2:
#     - if N is a multiple of 3, file N-7 is overwritten in place by new random bytes ("generation N");
#     - on disk 2, if N is a multiple of 8, the last 4 KiB of the disk, behind the file system, say N;
#     - file N-KEEP is deleted (disk 2 discards at once, disk 1 is trimmed now and then);
#     - file N is written: random bytes, fsync; then N.sum with checksum, generation and size, fsync, rename, fsync of the folder.
#   A step is done on a disk when N.sum is there; both durable: "COMMIT N" on the console.
# A crash may leave step last+1 half done on a disk. The file that it deletes may be there, then whole, or not; the one that it
# overwrites has its old bytes, its new ones, or a mixture that nobody can vouch for; nothing else is exempt.
KEEP=20
TAIL_BLOCK=16392

busybox=/bin/busybox
$busybox mkdir -p /proc /sys /dev /d1 /d2 /tmp
$busybox mount -t proc proc /proc
# One process for all names: one for each takes half of the time that a boot takes under emulation.
$busybox --install -s /bin || for name in $($busybox --list); do
  [ "$name" = busybox ] || $busybox ln -sf busybox "/bin/$name"
done
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2>/dev/null
exec </dev/console >/dev/console 2>&1

while read -r module; do insmod "/modules/$module" || echo "NOTE insmod $module failed"; done </modules/order

off() { poweroff -f; while :; do sleep 60; done; }
bad() { echo "BAD $*"; off; }

mode='write'
read -r cmdline </proc/cmdline
for word in $cmdline; do
  case $word in holdfast.mode=*) mode=${word#*=} ;; esac
done
if [ "$mode" = probe ]; then
  echo READY probe
  off
fi

tries=0
while ! { [ -b /dev/vda ] && [ -b /dev/vdb ]; }; do
  tries=$((tries + 1))
  [ $tries -lt 100 ] || bad no disks
  usleep 50000
done
mount -t ext4 /dev/vda /d1 || bad disk1 does not mount
mount -t ext4 -o discard /dev/vdb /d2 || bad disk2 does not mount

# generation NUMBER LAST: which step's bytes file NUMBER holds once step LAST is done.
generation() {
  if [ $((($1 + 7) % 3)) -eq 0 ] && [ $(($1 + 7)) -le "$2" ]; then gen=$(($1 + 7)); else gen=$1; fi
}

# last_of DISK: the highest number whose .sum is there.
last_of() {
  last=0
  for path in "$1"/*.sum; do
    number=${path##*/}
    number=${number%.sum}
    [ "$number" = '*' ] || [ "$number" -le "$last" ] || last=$number
  done
}

# half_done DISK: whether step last+1 was cut off while it deleted or overwrote file $number. Sets sha, was and size to what the
# file says of itself, and gen to what it has to say.
half_done() {
  sha='' was='' size=''
  [ ! -f $number.sum ] || read -r sha was size <$number.sum
  generation "$number" "$last"
  if [ $number -eq $low ] && [ "$last" -ge "$KEEP" ]; then
    [ -f $number.dat ] && [ -f $number.sum ] || return 0
  fi
  [ $number -eq $torn ] || return 1
  [ "$was" != $((last + 1)) ] || { gen=$was; return 1; }
  [ "$was" = "$gen" ] || bad "$1" "$number has generation ${was:-none}, not $gen, at $last"
  [ -f $number.dat ] || bad "$1" $number.dat is missing at "$last"
  ! echo "$sha  $number.dat" | sha256sum -c >/dev/null 2>&1
}

# check DISK: every file as the rule says; sets last and adds to files.
check() {
  last_of "$1"
  low=$((last - KEEP + 1))
  [ $low -ge 1 ] || low=1
  torn=0
  [ $(((last + 1) % 3)) -ne 0 ] || torn=$((last + 1 - 7))
  cd "$1" || bad "$1" is no folder
  : >/tmp/list
  number=$low
  while [ $number -le "$last" ]; do
    if ! half_done "$1"; then
      [ -f $number.dat ] || bad "$1" $number.dat is missing at "$last"
      [ "$was" = "$gen" ] || bad "$1" "$number has generation ${was:-none}, not $gen, at $last"
      [ "$(stat -c %s $number.dat)" = "$size" ] || bad "$1" "$number.dat has another size, at $last"
      echo "$sha  $number.dat" >>/tmp/list
      files=$((files + 1))
    fi
    number=$((number + 1))
  done
  if [ -s /tmp/list ]; then
    sha256sum -c /tmp/list >/tmp/result 2>&1 || bad "$1" "$(grep -v ': OK' /tmp/result | head -n 3 | tr '\n' ' ')" at "$last"
  fi
  # Deleted is deleted: nothing below the window, nothing beyond the step under way.
  for path in *.dat *.sum; do
    number=${path%.*}
    [ "$number" = '*' ] || { [ "$number" -ge $low ] && [ "$number" -le $((last + 1)) ]; } || bad "$1" "$path should not be there at $last"
  done
  cd /
}

check_tail() {
  expected=$((last - last % 8))
  tail=$(dd if=/dev/vdb bs=4096 skip=$TAIL_BLOCK count=1 2>/dev/null | tr -d ' \n\000')
  [ "${tail:-0}" = $expected ] && return
  [ $(((last + 1) % 8)) -eq 0 ] && [ "$tail" = $((last + 1)) ] && return
  bad "/d2 the end of the disk says ${tail:-nothing}, not $expected, at $last"
}

files=0
check /d1
last1=$last
check /d2
last2=$last
check_tail
[ "$last2" -eq "$last1" ] || [ "$last2" -eq $((last1 - 1)) ] || bad "the disks are not of one moment: $last1 and $last2"
! dmesg | grep -q 'EXT4-fs error' || bad "ext4: $(dmesg | grep 'EXT4-fs error' | head -n 1)"
if [ "$mode" = verify ]; then
  umount /d1 /d2
  echo "VERIFIED $last1 files=$files disk2=$last2"
  off
fi

# put NUMBER GENERATION: random bytes into the file, in place, and what it now must be.
put() {
  size=$((($2 * 7 % 15 + 1) * 4096 + $2 % 3 * 137))
  dd if=/dev/urandom of="$1.dat" bs=$size count=1 conv=notrunc 2>/dev/null || bad write of "$1"
  truncate -s $size "$1.dat"
  sha=$(sha256sum <"$1.dat")
  echo "${sha%% *} $2 $size" >sum.tmp
  sync "$1.dat" sum.tmp || bad sync of "$1"
  mv sum.tmp "$1.sum"
}

step() {
  cd "$1" || bad "$1" is no folder
  if [ $((n % 3)) -eq 0 ] && [ $n -gt 7 ]; then put $((n - 7)) $n; fi
  if [ "$1" = /d2 ] && [ $((n % 8)) -eq 0 ]; then
    printf '%-4095s\n' $n | dd of=/dev/vdb bs=4096 seek=$TAIL_BLOCK conv=notrunc,fsync iflag=fullblock 2>/dev/null || bad write of the end
  fi
  if [ $n -gt $KEEP ]; then rm -f $((n - KEEP)).dat $((n - KEEP)).sum; fi
  put $n $n
  sync . || bad sync of "$1"
  cd /
}

echo "READY $last2 files=$files"
n=$last2
while :; do
  n=$((n + 1))
  [ $n -le "$last1" ] || step /d1
  step /d2
  echo "COMMIT $n"
  usleep 20000
  if [ $((n % 40)) -eq 0 ]; then
    fstrim /d1 || bad fstrim of /d1
    echo "TRIM $n"
  fi
done
