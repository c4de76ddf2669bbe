{{/* The metadata of the one resource of a release. */}}
{{- define "ddc.metadata" -}}
name: {{ .Release.Name | quote }}
labels:
  app.kubernetes.io/name: {{ .Chart.Name | quote }}
  app.kubernetes.io/instance: {{ .Release.Name | quote }}
  app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
  helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
  {{- range $name, $value := .Values.labels }}
  {{ $name | quote }}: {{ $value | quote }}
  {{- end }}
{{- end -}}

{{/* The asset, as JSON. Fybrik gives one: another number must not be copied in part. */}}
{{- define "ddc.asset" -}}
{{- $assets := required "assets is required: one asset with two args, source and destination" .Values.assets -}}
{{- if ne (len $assets) 1 -}}
{{- fail (printf "assets must have 1 entry, not %d" (len $assets)) -}}
{{- end -}}
{{- $asset := first $assets -}}
{{- $args := required "assets[0].args is required: source and destination" $asset.args -}}
{{- if ne (len $args) 2 -}}
{{- fail (printf "assets[0].args must have 2 entries, source and destination, not %d" (len $args)) -}}
{{- end -}}
{{- toJson $asset -}}
{{- end -}}

{{/* One side. `arg` of Fybrik, `where` it is for messages, `access` to it (read or write), `stores` that it may be in. */}}
{{- define "ddc.side" -}}
{{- $where := .where -}}
{{- $connection := required (printf "%s.connection is required" .where) .arg.connection -}}
{{- $vault := get (default dict .arg.vault) .access -}}
{{- if and (has "s3" .stores) $connection.s3 -}}
{{- with $connection.s3 -}}
s3:
  endpoint: {{ required (printf "%s.connection.s3.endpoint is required" $where) .endpoint | quote }}
  bucket: {{ required (printf "%s.connection.s3.bucket is required" $where) .bucket | quote }}
  objectKey: {{ required (printf "%s.connection.s3.object_key is required" $where) .object_key | quote }}
  {{- with .region }}
  region: {{ . | quote }}
  {{- end }}
  {{- with $.arg.format }}
  dataFormat: {{ . | quote }}
  {{- end }}
{{- end -}}
{{- else if and (has "db2" .stores) $connection.db2 -}}
{{- with $connection.db2 -}}
database:
  {{- $host := required (printf "%s.connection.db2.url is required" $where) .url }}
  {{- $port := required (printf "%s.connection.db2.port is required" $where) .port | int }}
  {{- $name := required (printf "%s.connection.db2.database is required" $where) .database }}
  db2URL: {{ printf "jdbc:db2://%s:%d/%s:sslConnection=%v;" $host $port $name (default false .ssl) | quote }}
  table: {{ required (printf "%s.connection.db2.table is required" $where) .table | quote }}
{{- end -}}
{{- else if and (has "kafka" .stores) $connection.kafka -}}
{{- with $connection.kafka -}}
kafka:
  kafkaBrokers: {{ required (printf "%s.connection.kafka.bootstrap_servers is required" $where) .bootstrap_servers | quote }}
  kafkaTopic: {{ required (printf "%s.connection.kafka.topic_name is required" $where) .topic_name | quote }}
  {{- with .schema_registry }}
  schemaRegistryURL: {{ . | quote }}
  {{- end }}
  {{- with .security_protocol }}
  securityProtocol: {{ . | quote }}
  {{- end }}
  {{- with .sasl_mechanism }}
  saslMechanism: {{ . | quote }}
  {{- end }}
  {{- with .ssl_truststore }}
  sslTruststore: {{ . | quote }}
  {{- end }}
  {{- with .ssl_truststore_password }}
  sslTruststorePassword: {{ . | quote }}
  {{- end }}
  {{- with .key_deserializer }}
  keyDeserializer: {{ . | quote }}
  {{- end }}
  {{- with .value_deserializer }}
  valueDeserializer: {{ . | quote }}
  {{- end }}
  {{- with $.arg.format }}
  dataFormat: {{ . | quote }}
  {{- end }}
{{- end -}}
{{- else -}}
{{- fail (printf "%s.connection must be one of %s" .where (join ", " .stores)) -}}
{{- end -}}
{{- with $vault }}
  vault:
    {{- range $field := list "address" "authPath" "role" "secretPath" }}
    {{ $field }}: {{ required (printf "%s.vault.%s.%s is required" $where $.access $field) (get $vault $field) | quote }}
    {{- end }}
{{- end -}}
{{- end -}}

{{/* What governance asks for, of the transformations: redact, then remove. What is not known must not be left out. */}}
{{- define "ddc.transformation" -}}
{{- $redact := list -}}
{{- $remove := list -}}
{{- range $index, $action := .transformations -}}
{{- $where := printf "assets[0].transformations[%d]" $index -}}
{{- $name := required (printf "%s.name is required" $where) $action.name -}}
{{- if not (has $name (list "RedactAction" "RemoveAction")) -}}
{{- fail (printf "%s.name must be RedactAction or RemoveAction, not %s" $where $name) -}}
{{- end -}}
{{- $columns := required (printf "%s.%s.columns is required" $where $name) (get (default dict (get $action $name)) "columns") -}}
{{- if eq $name "RedactAction" -}}
{{- $redact = concat $redact $columns -}}
{{- else -}}
{{- $remove = concat $remove $columns -}}
{{- end -}}
{{- end -}}
{{- if $redact -}}
- action: RedactColumns
  name: redact
  columns: {{ $redact | uniq | toJson }}
  options: { redactValue: {{ .redactValue | quote }} }
{{ end -}}
{{- if $remove -}}
- action: RemoveColumns
  name: remove
  columns: {{ $remove | uniq | toJson }}
{{ end -}}
{{- end -}}
