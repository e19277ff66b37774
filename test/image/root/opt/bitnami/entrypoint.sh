#!/bin/bash
# Starts a node by the rules of bitnami/kafka: the distribution's settings, over them KAFKA_CFG_X_Y as x.y; data in /bitnami/kafka/data.
set -e

settings=/opt/bitnami/kafka/config/server.properties
data=/bitnami/kafka/data

# what the distribution's file says about the node itself is not kept
{
  grep -Ev '^(#|process\.|node\.|controller\.|listeners|inter\.|advertised\.|listener\.|log\.dirs)' /etc/kafka/docker/server.properties
  echo "log.dirs=$data"
  echo "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512"
} >$settings
# of a setting that is there twice, the last one counts
while IFS='=' read -r name value; do
  case $name in KAFKA_CFG_*) echo "$(tr 'A-Z_' 'a-z.' <<<"${name#KAFKA_CFG_}")=$value" >>$settings ;; esac
done < <(env)

mkdir -p $data
if [ ! -e $data/meta.properties ]; then
  id=${KAFKA_KRAFT_CLUSTER_ID:-$(java @/opt/kafka/tool.args kafka.tools.StorageTool random-uuid)}
  java @/opt/kafka/tool.args kafka.tools.StorageTool format --cluster-id "$id" --config $settings
fi

exec java ${KAFKA_HEAP_OPTS:--Xmx1024m -Xms1024m} $KAFKA_JVM_PERFORMANCE_OPTS @/opt/bitnami/kafka/broker.args $KAFKA_OPTS kafka.Kafka $settings
