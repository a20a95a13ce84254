#!/bin/sh
# apt-get, dpkg-query and dpkg of a machine that has no network: they know the packages that the emulator was given.
provided='@PROVIDED@'
# Where a machine notes what it installed; empty where machines have no root file system of their own: all is there.
kept='@KEPT@'

is_provided() {
    case $1 in '' | */* | .*) return 1 ;; esac
    [ -d "$provided/$1/root" ]
}

is_installed() {
    [ -z "$kept" ] || [ -e "$kept/$1" ]
}

# The host's program of that name, for what it has installed.
host() {
    name=$1
    shift
    IFS=:
    for directory in $PATH; do
        if [ "$directory" != '@TOOLS@' ] && [ -x "$directory/$name" ]; then
            unset IFS
            exec "$directory/$name" "$@"
        fi
    done
    return 1
}

error() {
    echo "E: $*" >&2
    exit 100
}

install() {
    for name; do
        if is_provided "$name"; then
            continue
        fi
        case $(host dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) in
            installed) ;;
            *) error "Unable to locate package $name (this emulated machine has no network, and the emulator was given $(ls "$provided" | tr '\n' ' ' | sed 's/ $//'))" ;;
        esac
    done
    for name; do
        if ! is_provided "$name" || is_installed "$name"; then
            echo "$name is already the newest version."
            continue
        fi
        [ "$(id -u)" = 0 ] || error "Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)"
        umask 022
        echo "Unpacking $name ..."
        cp -RP "$provided/$name/root/." / || error "Unpacking $name failed"
        if [ -f "$provided/$name/postinst" ]; then
            sh "$provided/$name/postinst" configure || error "Sub-process postinst of $name returned an error code"
        fi
        mkdir -p "$kept" && : >"$kept/$name"
        echo "Setting up $name ..."
    done
}

# query NAME FORMAT: as dpkg-query -W -f.
query() {
    if ! is_installed "$1"; then
        echo "dpkg-query: no packages found matching $1" >&2
        return 1
    fi
    printf %b "$(printf %s "$2" | sed -e 's/${db:Status-Status}/installed/g' -e 's/${Status}/install ok installed/g' \
        -e "s/\${\(binary:\)*Package}/$1/g" -e 's/${Version}/0~emulator/g')"
}

case ${0##*/} in
    apt-get)
        verb= names=
        while [ $# -gt 0 ]; do
            case $1 in
                -o | -c | -t) shift ;;
                -*) ;;
                *) if [ -z "$verb" ]; then verb=$1; else names="$names $1"; fi ;;
            esac
            shift
        done
        case $verb in
            update) echo 'Hit:1 what the emulator was given' ;;
            install) install $names ;;
            *) error "Invalid operation $verb: on an emulated machine apt-get can update and install" ;;
        esac
        ;;
    dpkg-query)
        last=
        format='${binary:Package}\t${Version}\n'
        want=
        for argument; do
            case $want$argument in
                format*) format=$argument want= ;;
                -f | --showformat) want=format ;;
                --showformat=* | -f=*) format=${argument#*=} ;;
                -f?*) format=${argument#-f} ;;
                -*) ;;
                *) last=$argument ;;
            esac
        done
        if is_provided "$last"; then
            query "$last" "$format"
        else
            host dpkg-query "$@" || { echo "dpkg-query: no packages found matching $last" >&2; exit 1; }
        fi
        ;;
    *)
        for last; do :; done
        if [ "$1" = --configure ]; then
            exit 0
        elif is_provided "$last"; then
            query "$last" 'Package: ${Package}\nStatus: ${Status}\nVersion: ${Version}\n'
        else
            host dpkg "$@" || { echo "dpkg: there is no dpkg on this machine" >&2; exit 127; }
        fi
        ;;
esac
