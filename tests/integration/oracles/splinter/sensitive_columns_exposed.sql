-- Every column of an ordinary table without row security that everybody may read, whose whole name is one of a
-- list of about seventy: credentials, numbers of persons, payment and health.
-- rule: sensitive_column_exposed
SELECT concat_ws('.', s.nspname, t.relname, c.attname) AS subject
FROM pg_attribute AS c
JOIN pg_class AS t ON t.oid = c.attrelid
JOIN pg_namespace AS s ON s.oid = t.relnamespace
WHERE t.relkind = 'r' AND NOT t.relrowsecurity AND c.attnum > 0 AND NOT c.attisdropped
  AND s.nspname !~ '^pg_|^information_schema$'
  AND has_table_privilege('public', t.oid, 'SELECT')
  AND replace(lower(c.attname), '-', '_') ~ concat(
      '^(password|passwd|pwd|passphrase|secret|secret_key|private_key|api_?key|auth_key|auth_code|token|jwt|otp',
      '|(access|refresh|oauth|session|bearer)_token|session_(id|key|secret)|two_factor|2fa_(secret|code)',
      '|(recovery|backup|verification)_code|ssn|social_security(_number)?|drivers?_license|license_(number|key)',
      '|passport_(number|id)|national_id|tax_id|credit_card|card_number|cvv|cvc|cvn|bank_account|iban|bic',
      '|(account|routing|insurance)_number|swift_code|(health|medical)_(record|insurance)|patient_id|treatment',
      '|mac_address|macaddr|imei|device_uuid|(pgp|gpg|ssh|activation)_key|certificate|facial_recognition)$'
  )
