/** Scripts by which a machine takes its data volume into use. Each can be killed at any time and repeated. */

/** Where the volume is mounted. */
export const mountPoint = "/mnt/slipway-data";

/** Says which device holds the data of this machine; there from the moment the machine depends on the volume. */
const note = "/etc/slipway/data-volume";

/** What lives on the volume: its folder there, and where the machine expects it. */
const homes = "docker-volumes:/var/lib/docker/volumes postgresql:/var/lib/postgresql";

/**
 * The command behind `slipway-volume.service`: mounts the volume and binds each home to its place. A home that has no folder on the
 * volume has not been moved there yet, and stays where it is.
 */
const command = `#!/bin/bash
# slipway-volume disk | mount | unmount: the volume that this machine's data lives on
set -euo pipefail
device=$(cat ${note})
case \${1:-} in
disk | mount)
  for _ in {1..300}; do
    if [ -b "$device" ]; then break; fi
    sleep 0.3
  done
  [ -b "$device" ] || { echo "the data volume $device is not attached to this machine" >&2; exit 1; }
  if ! mountpoint -q ${mountPoint}; then
    install -d -m 0711 ${mountPoint}
    e2fsck -p "$device" </dev/null || [ $? -eq 1 ]
    read -r blocks size < <(dumpe2fs -h "$device" 2>/dev/null | awk '/^Block count:/ { n = $3 } /^Block size:/ { print n, $3 }')
    if [ $((blocks * size + 67108864)) -lt "$(blockdev --getsize64 "$device")" ]; then
      e2fsck -f -p "$device" </dev/null || [ $? -eq 1 ]
      resize2fs "$device" </dev/null
    fi
    mount -t ext4 -o noatime "$device" ${mountPoint}
  fi
  for home in ${homes}; do
    from=${mountPoint}/\${home%%:*} to=\${home#*:}
    if [ "$1" = disk ] || [ ! -d "$from" ] || mountpoint -q "$to"; then continue; fi
    # A server would go on in its old folder by the files it has open, and in the new one by name: both would be spoilt.
    case $to in */docker/*) server=docker.service ;; *) server='postgresql@*' ;; esac
    if systemctl is-active --quiet "$server"; then
      echo "$server runs on the machine's own disk: its folder on the volume is not put under it" >&2
      exit 1
    fi
    mkdir -p "$to"
    mount --bind "$from" "$to"
  done
  ;;
unmount)
  for place in ${homes.replaceAll(/[a-z-]+:/g, "")} ${mountPoint}; do
    if mountpoint -q "$place"; then umount "$place" || umount -l "$place"; fi
  done
  ;;
*)
  echo 'slipway-volume disk | mount | unmount' >&2
  exit 64
  ;;
esac`;

const unit = `[Unit]
Description=The volume that this machine's data lives on
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/slipway-volume mount
ExecStop=/usr/local/sbin/slipway-volume unmount
TimeoutStartSec=10min
[Install]
WantedBy=multi-user.target`;

/** Neither starts without the volume: one on the machine's own disk would begin from nothing. */
const dependence = `[Unit]
Requires=slipway-volume.service
After=slipway-volume.service
[Service]
# Also where the volume was taken off by hand since: on the machine's own disk it would begin from nothing.
ExecStartPre=+/usr/local/sbin/slipway-volume mount`;

/**
 * Has the machine's data on the volume: formats one that is blank, moves there what the machine has, or takes over what an earlier
 * machine left there. Engine and Postgres are stopped while data is moved, and containers with them.
 * @param device path of the block device
 * @param size GB that the device must have
 */
export function volumeScript(device: string, size: number): string {
  return `device=${device}
fail() { echo "$1" >&2; exit 1; }
for _ in {1..200}; do
  if [ -b "$device" ]; then break; fi
  sleep 0.3
done
[ -b "$device" ] || fail "$device is not there: the volume is not attached to this machine"
${growScript(size)}
# Only a device that holds nothing at all is formatted, or one on which that was begun here and not ended.
begun=/var/lib/slipway-formatting
kind=$(blkid -p -o value -s TYPE "$device" || true)
if [ -z "$kind" ]; then
  if [ "$(cat $begun 2>/dev/null || true)" != "$device" ]; then
    cmp -s -n 1048576 "$device" /dev/zero || fail "$device holds something that is no file system; it is not touched: look at it, and wipe it with 'wipefs -a' and 'blkdiscard' if it is to be used"
    printf '%s\\n' "$device" > $begun
    sync $begun
  fi
  mkfs.ext4 -q -F -L slipway-data "$device" </dev/null
  sync
elif [ "$kind" != ext4 ]; then
  fail "$device holds a file system of type $kind; only ext4 is used, and nothing is overwritten"
fi
rm -f $begun

install -d -m 0755 /etc/slipway
cat > /usr/local/sbin/slipway-volume.new <<'END'
${command}
END
chmod 0755 /usr/local/sbin/slipway-volume.new
mv /usr/local/sbin/slipway-volume.new /usr/local/sbin/slipway-volume
printf '%s\\n' "$device" > ${note}.new
mv ${note}.new ${note}
/usr/local/sbin/slipway-volume disk
if ! said=$(resize2fs "$device" 2>&1 </dev/null); then
  # Where the machine is a container without that right, its file system grows before it is mounted the next time.
  grep -q 'Permission denied' <<<"$said" || fail "$said"
  echo "the file system of $device takes its new size when the machine restarts: sudo systemctl reboot" >&2
fi

units() {
  install -d -m 0755 /etc/systemd/system/docker.service.d /etc/systemd/system/postgresql@.service.d
  cat > /etc/systemd/system/slipway-volume.service <<'END'
${unit}
END
  for service in docker.service postgresql@.service; do
    cat > /etc/systemd/system/$service.d/slipway-volume.conf <<'END'
${dependence}
END
  done
  systemctl daemon-reload
  systemctl enable --quiet slipway-volume
}

unmoved=
for home in ${homes}; do
  mountpoint -q "\${home#*:}" || unmoved=yes
done
again=/var/lib/slipway-volume-containers
if [ -n "$unmoved" ]; then
  ${moveScript()}
fi
units
systemctl start slipway-volume || fail "$(journalctl -q -n 5 --no-pager -o cat -u slipway-volume)"
${startAgainScript()}
`;
}

/** Waits until the device shows the size that the cloud gave it. */
function growScript(size: number): string {
  return `rescan=/sys/class/block/$(basename "$(readlink -f "$device")")/device/rescan
for _ in {1..100}; do
  if [ "$(blockdev --getsize64 "$device")" -ge $((${size} * 1024 * 1024 * 1024)) ]; then break; fi
  if [ -w "$rescan" ]; then echo 1 > "$rescan"; fi
  sleep 0.3
done
[ "$(blockdev --getsize64 "$device")" -ge $((${size} * 1024 * 1024 * 1024)) ] || fail "$device is smaller than ${size} GB: the machine has not seen that it grew; a reboot helps"`;
}

/**
 * Moves every home that is not on the volume. A folder on the volume has its name only when it is whole, and the original is put
 * aside only then; what is put aside beside a folder that an earlier machine left is kept.
 */
function moveScript(): string {
  return `major=$(ls /usr/lib/postgresql 2>/dev/null | sort -n | tail -n 1)
  if [ -d ${mountPoint}/postgresql ] && [ -n "$major" ] && [ ! -f ${mountPoint}/postgresql/$major/main/PG_VERSION ]; then
    fail "the volume has the databases of Postgres $(ls ${mountPoint}/postgresql | grep -E '^[0-9]+$' | tr '\\n' ' '), and this machine has Postgres $major: make the machine from an image with the same major version, or upgrade them with pg_upgradecluster"
  fi
  for home in ${homes}; do
    from=${mountPoint}/\${home%%:*} to=\${home#*:}
    if [ -d "$from" ] || [ ! -d "$to" ]; then continue; fi
    needed=$(du -sk "$to" | cut -f 1) free=$(df -k --output=avail ${mountPoint} | tail -n 1)
    [ $needed -lt $free ] || fail "$to has $((needed / 1024)) MB and the volume has room for $((free / 1024)) MB: give slipway:host.volume a larger size"
  done
  if systemctl is-active --quiet docker; then
    { cat $again 2>/dev/null || true; docker ps -q --no-trunc; } | sort -u > $again.new
    mv $again.new $again
    docker ps -q | xargs -r docker stop >/dev/null
  fi
  systemctl stop docker.socket docker 'postgresql@*'
  # From here on a restart of the machine finds what is on the volume already there, and the rest where it was.
  units
  for home in ${homes}; do
    folder=\${home%%:*} to=\${home#*:} aside=
    if mountpoint -q "$to"; then continue; fi
    mkdir -p "$to"
    if [ -d ${mountPoint}/$folder ]; then
      aside=$to.before-volume.$(date +%s)
      # Written by a server that is not running any more, here or anywhere.
      rm -f ${mountPoint}/postgresql/*/main/postmaster.pid
    else
      aside=$to.moved
      rm -rf ${mountPoint}/$folder.new "$aside"
      cp -a "$to" ${mountPoint}/$folder.new
      sync -f ${mountPoint}
      mv ${mountPoint}/$folder.new ${mountPoint}/$folder
      sync -f ${mountPoint}
    fi
    rmdir "$to" 2>/dev/null || mv "$to" "$aside"
  done
  /usr/local/sbin/slipway-volume mount
  if [ -d ${mountPoint}/postgresql ] && [ "$(stat -c %U ${mountPoint}/postgresql)" != postgres ]; then
    chown -R postgres:postgres ${mountPoint}/postgresql
  fi`;
}

/** Starts what was stopped, also by a run that was killed, and clears what was moved. */
function startAgainScript(): string {
  return `systemctl start docker postgresql
for cluster in /etc/postgresql/*/main; do
  if [ -d "$cluster" ]; then systemctl start "postgresql@$(basename "$(dirname "$cluster")")-main"; fi
done
if [ -f $again ]; then
  xargs -r docker start < $again >/dev/null || true
  rm -f $again
fi
rm -rf /var/lib/docker/volumes.moved /var/lib/postgresql.moved
findmnt -n -o SOURCE,SIZE ${mountPoint}`;
}

/**
 * For a machine whose settings name no volume: refuses to go on where its data lives on one. Pulumi deletes what left the settings
 * at the end of a run, so that a run that ends here deletes no volume.
 */
export function noVolumeScript(): string {
  return `if [ -e ${note} ]; then
  echo "this machine's databases and uploads live on the volume $(cat ${note}), but slipway:host.volume is gone from the settings: put it back ($(df -h --output=size ${mountPoint} | tail -n 1 | tr -d ' ')); nothing was deleted" >&2
  exit 1
fi
`;
}
