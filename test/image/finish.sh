# Runs once inside a container of the new layer, as root, from the standard input of its bash: gives the folders their owners and makes the
# class-data archives that the published image has, by formatting and starting one throw-away node.
set -euo pipefail
cd /tmp

node() { # tool|broker ARCHIVE ARGUMENT..., instead of the shell that it is called in
  exec java -Xlog:disable -Xlog:all=error:stderr "-XX:ArchiveClassesAtExit=/opt/kafka/$2.jsa" "@/opt/kafka/$1.args" "${@:3}" >"$2.log" 2>&1
}

fail() { # WHAT LOG
  echo "Cannot make the class-data archives: the throw-away node did not $1" >&2
  tail -n 5 "$2.log" >&2
  exit 1
}

mkdir final
export CLUSTER_ID=5L6g3nShT-eMCtK--X86sw
(node tool storage kafka.docker.KafkaDockerWrapper setup \
  --default-configs-dir /etc/kafka/docker --mounted-configs-dir /mnt/shared/config --final-configs-dir final) || fail format storage
node broker kafka kafka.Kafka final/server.properties &
deadline=$((SECONDS + 60))
until grep -qs "Kafka Server started" kafka.log; do
  kill -0 $! && [ $SECONDS -lt $deadline ] || fail start kafka
  sleep 0.2
done
kill $!
wait $! || true
[ -s /opt/kafka/storage.jsa ] && [ -s /opt/kafka/kafka.jsa ] || fail "leave an archive" kafka
rm -rf /tmp/* /opt/kafka/logs/*

sed -i '1i -XX:SharedArchiveFile=/opt/kafka/storage.jsa' /opt/kafka/tool.args
sed -i '1i -XX:SharedArchiveFile=/opt/kafka/kafka.jsa' /opt/kafka/broker.args
sed 's#/opt/kafka/config/#/opt/bitnami/kafka/config/#' /opt/kafka/broker.args >/opt/bitnami/kafka/broker.args

chown -R appuser:appuser /opt/kafka/config /opt/kafka/logs /etc/kafka /mnt/shared
chown -R appuser:root /var/lib/kafka
chown -R 1001:root /bitnami /opt/bitnami
chmod -R g+rwX /var/lib/kafka /bitnami /opt/bitnami
