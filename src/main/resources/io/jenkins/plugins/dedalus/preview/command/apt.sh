# install_packages NAME…: installs those of them that are missing, with apt as root. Says nothing if none is.
install_packages() {
    local name missing=() log="$HOME/.dedalus-preview/packages.log" root=() code why
    for name in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
    done
    if [ ${#missing[@]} = 0 ]; then
        return 0
    fi
    if ! command -v apt-get >/dev/null; then
        echo "[dedalus] this machine lacks ${missing[*]}, and has no apt-get to install packages with: use one that runs Debian or Ubuntu, or bring what is needed in the setup script"
        return 69
    fi
    if [ "$(id -u)" != 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            echo "[dedalus] this machine lacks ${missing[*]}, and only root can install packages: its user is $(id -un), without sudo"
            return 69
        fi
        root=(sudo -n)
    fi
    echo "installing ${missing[*]}"
    "${root[@]}" env -u DEDALUS_GIT_TOKEN /bin/bash -c "$DEDALUS_APT" dedalus "${DEDALUS_PRIVATE_OWN_POSTGRES:-}" "${missing[@]}" >"$log" 2>&1 </dev/null
    code=$?
    if [ "$code" != 0 ]; then
        tail -n 20 "$log"
        why=$(sed -n 's/^E: //p' "$log" | tail -n 1)
        echo "[dedalus] the packages ${missing[*]} can't be installed: ${why:-apt-get ended with exit code $code}"
        return 69
    fi
    echo "[dedalus] installed ${missing[*]}"
}

# What root does. Only the calls of apt that find its lists or its database locked are tried again.
DEDALUS_APT='
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l UCF_FORCE_CONFFOLD=1
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
deadline=$((SECONDS + 300))
out=$(mktemp) || exit 1
policy=/usr/sbin/policy-rc.d
# What a package starts by itself would be lost with the next wake, and hold the ports of what we start.
if [ ! -e "$policy" ] || grep -q dedalus "$policy" 2>/dev/null; then
    printf "#!/bin/sh\n# dedalus: packages start nothing while they are installed\nexit 101\n" >"$policy" && chmod 755 "$policy"
else
    policy=
fi
trap "rm -f \"\$out\" \$policy" EXIT
if [ -n "$1" ] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common && printf "create_main_cluster = false\nstart_conf = manual\n" >/etc/postgresql-common/createcluster.conf
fi
shift
apt() {
    local code
    while :; do
        apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-confdef "$@" 2>&1 | tee "$out"
        code=${PIPESTATUS[0]}
        if [ "$code" = 0 ]; then
            return 0
        elif grep -q "dpkg was interrupted" "$out" && [ -z "$mended" ]; then
            mended=1
            dpkg --configure -a
        elif [ "$SECONDS" -lt "$deadline" ] && grep -Eq "Could not get lock|Unable to (acquire|lock)|is another process using it" "$out"; then
            sleep 3
        else
            return "$code"
        fi
    done
}
apt update || echo "apt-get update failed; trying with the lists that are there"
apt install "$@"
'
