# token=in-a-comment
curl -u joe:s3cret-one https://a.example.com/x
export DB_PASSWORD="$(cat /run/secrets/x)"
DB_PASSWORD=s3cret-two make
