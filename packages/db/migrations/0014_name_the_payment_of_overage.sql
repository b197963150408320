-- Credits that were lent beyond the wallet take the name of the payment that settled them, as they do from now on.
UPDATE credit_grants g SET payment_reference = c.payment_reference
FROM overage_charges c
WHERE c.payment_reference IS NOT NULL AND g.user_id = c.user_id AND g.id = c.grant_id AND g.payment_reference IS NULL;
